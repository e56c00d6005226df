#include "embedded/file_url.hpp"

#include <string>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include "base/ascii.hpp"

namespace quartz::embedded {
namespace {

constexpr std::string_view kScheme = "file:";

Error wrong_url(std::string_view url, std::string_view why) {
  return {Errc::invalid_argument, fmt::format("endpoints: {}: {}", url, why)};
}

}  // namespace

bool is_file_url(std::string_view url) noexcept {
  return is_same_word(url.substr(0, kScheme.size()), kScheme);
}

Result<std::filesystem::path> directory_of(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return wrong_url(url, "bytes that a URL cannot hold are written as %xx");
  if (parsed->has_authority() && !parsed->encoded_host().empty()) {
    return wrong_url(url, "a database in this process has no host; file:data is a relative path");
  }
  if (parsed->has_query() || parsed->has_fragment()) {
    return wrong_url(url, "nothing may stand behind the path; %3F is a question mark, %23 a hash");
  }
  const std::string path = parsed->path();
  if (path.empty()) return wrong_url(url, "a directory is missing");
  if (path.find('\0') != std::string::npos) return wrong_url(url, "a path holds no zero byte");
  return std::filesystem::path(path);
}

}  // namespace quartz::embedded
