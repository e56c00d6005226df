#include "bench/report/json_file.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parser.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/report/json_text.hpp"
#include "io/file_system.hpp"

namespace quartz::bench {
namespace {

namespace json = boost::json;

/// A hundred times what the longest run writes; a larger file is none of ours.
constexpr std::size_t kFileBytesMax = std::size_t{64} << 20;

Result<json::value> parse(std::string_view text) {
  json::parser parser;
  boost::system::error_code failure;
  const std::size_t read = parser.write_some(text.data(), text.size(), failure);
  if (failure) {
    return Error(Errc::corruption,
                 fmt::format("is no JSON at byte {}: {}", read, failure.message()));
  }
  if (read < text.size()) {
    return Error(Errc::corruption, fmt::format("goes on after its end at byte {}", read));
  }
  return parser.release();
}

}  // namespace

Result<void> write_json(const json::value& value, const std::filesystem::path& file) {
  const std::string text = json_text(value);
  return io::publish_file(io::posix_file_system(), file, std::as_bytes(std::span(text)));
}

Result<json::value> read_json(const std::filesystem::path& file) {
  QUARTZ_ASSIGN(const std::vector<std::byte> bytes,
                io::read_file(io::posix_file_system(), file, kFileBytesMax));
  auto value = parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (value) return value;
  return Error(value.error().code(), fmt::format("{}: {}", file.string(), value.error().message()));
}

}  // namespace quartz::bench
