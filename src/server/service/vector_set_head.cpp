#include "server/service/vector_set_head.hpp"

#include <charconv>

#include <fmt/format.h>

#include "quartz/vector/vector_collection.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/databases.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kGenerationBytes = 8;
/// Of the key, as somebody reads it.
constexpr std::size_t kKeyPartBytesMax = 64;

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// The number before the next dot, which goes with it.
template <class Number>
bool take_number(std::string_view& text, Number& number) noexcept {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (failure != std::errc() || digits >= text.size() || text[digits] != '.') return false;
  text.remove_prefix(digits + 1);
  return true;
}

}  // namespace

std::string VectorSetHead::encode() const {
  std::string bytes;
  bytes.reserve(kGenerationBytes + collection.size());
  append_big_endian(bytes, generation);
  bytes += collection;
  return bytes;
}

Result<VectorSetHead> VectorSetHead::decode(std::string_view bytes, std::string_view key) {
  const bool whole = bytes.size() > kGenerationBytes && read_big_endian(bytes) != 0;
  const std::string_view name = whole ? bytes.substr(kGenerationBytes) : std::string_view();
  const auto origin = vector_set_origin(name);
  if (!origin || origin->generation != read_big_endian(bytes)) {
    return Error(Errc::corruption, fmt::format("key \"{}\": its vectorset is damaged", key));
  }
  return VectorSetHead{.generation = origin->generation, .collection = std::string(name)};
}

std::string vector_set_collection(std::size_t database, Generation generation,
                                  std::string_view key) {
  std::string name = fmt::format("{}{}.{}.", kVectorSetPrefix, database, generation);
  for (const char c : key.substr(0, kKeyPartBytesMax)) name += is_name_character(c) ? c : '_';
  static_assert(kVectorSetPrefix.size() + 3 + 21 + kKeyPartBytesMax <= kCollectionNameBytesMax);
  return name;
}

std::optional<VectorSetOrigin> vector_set_origin(std::string_view collection) noexcept {
  if (!collection.starts_with(kVectorSetPrefix)) return std::nullopt;
  collection.remove_prefix(kVectorSetPrefix.size());
  VectorSetOrigin origin;
  if (!take_number(collection, origin.database)) return std::nullopt;
  if (!take_number(collection, origin.generation)) return std::nullopt;
  if (origin.database >= Databases::kCount || origin.generation == 0) return std::nullopt;
  return origin;
}

}  // namespace quartz::server
