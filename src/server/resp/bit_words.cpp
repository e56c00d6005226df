#include "server/resp/bit_words.hpp"

#include <optional>

#include "server/resp/words.hpp"
#include "server/service/strings.hpp"

namespace quartz::server {
namespace {

Result<std::uint64_t> checked(std::optional<std::int64_t> offset) {
  if (!offset || *offset < 0 ||
      static_cast<std::uint64_t>(*offset) / 8 >= strings::kValueBytesMax) {
    return Error(Errc::invalid_argument, "bit offset is not an integer or out of range");
  }
  return static_cast<std::uint64_t>(*offset);
}

}  // namespace

Result<std::uint64_t> bit_offset_of(std::string_view word) { return checked(to_integer(word)); }

Result<std::uint64_t> field_offset_of(std::string_view word, unsigned bits) {
  if (!word.starts_with('#')) return bit_offset_of(word);
  const auto fields = to_integer(word.substr(1));
  std::int64_t offset = 0;
  if (!fields || __builtin_mul_overflow(*fields, std::int64_t{bits}, &offset)) {
    return checked(std::nullopt);
  }
  return checked(offset);
}

}  // namespace quartz::server
