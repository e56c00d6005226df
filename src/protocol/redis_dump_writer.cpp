#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

#include "protocol/crc64.hpp"
#include "protocol/redis_dump.hpp"
#include "protocol/redis_dump_form.hpp"

namespace quartz::protocol {
namespace {

template <class T>
void append_little(std::string& to, T number) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &number, sizeof(T));
  to.append(bytes, sizeof(T));
}

void append_big(std::string& to, std::uint64_t number, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) to += static_cast<char>(number >> (8 * i) & 0xFF);
}

void append_length(std::string& to, std::uint64_t length) {
  if (length < 1U << 6) {
    append_big(to, length, 1);
  } else if (length < 1U << 14) {
    append_big(to, length | 1U << 14, 2);
  } else if (length <= std::numeric_limits<std::uint32_t>::max()) {
    to += static_cast<char>(kLengthOf32Bits);
    append_big(to, length, 4);
  } else {
    to += static_cast<char>(kLengthOf64Bits);
    append_big(to, length, 8);
  }
}

void append_special(std::string& to, SpecialString form) {
  to += static_cast<char>(static_cast<unsigned>(DumpedLength::special) << 6U |
                          static_cast<unsigned>(form));
}

/// The number that the text is exactly.
std::optional<std::int32_t> number_in(std::string_view text) {
  std::int32_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, number);
  if (failure != std::errc() || end != last || std::to_string(number) != text) return std::nullopt;
  return number;
}

template <class T>
bool append_if_fits(std::string& to, std::int32_t number, SpecialString form) {
  if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max())
    return false;
  append_special(to, form);
  append_little(to, static_cast<T>(number));
  return true;
}

void append_string(std::string& to, std::string_view bytes) {
  if (const auto number = number_in(bytes)) {
    if (append_if_fits<std::int8_t>(to, *number, SpecialString::bits_8)) return;
    if (append_if_fits<std::int16_t>(to, *number, SpecialString::bits_16)) return;
    append_if_fits<std::int32_t>(to, *number, SpecialString::bits_32);
    return;
  }
  append_length(to, bytes.size());
  to += bytes;
}

DumpedForm form_of(RedisValue::Kind kind) noexcept {
  switch (kind) {
    case RedisValue::Kind::list:
      return DumpedForm::list;
    case RedisValue::Kind::set:
      return DumpedForm::set;
    case RedisValue::Kind::sorted_set:
      return DumpedForm::sorted_set;
    case RedisValue::Kind::hash:
      return DumpedForm::hash;
    case RedisValue::Kind::string:
      break;
  }
  return DumpedForm::string;
}

}  // namespace

std::string redis_dump_of(const RedisValue& value) {
  std::string dump(1, static_cast<char>(form_of(value.kind)));
  if (value.kind != RedisValue::Kind::string) {
    const std::size_t items = value.items.size();
    append_length(dump, value.kind == RedisValue::Kind::hash ? items / 2 : items);
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    append_string(dump, value.items[i]);
    if (value.kind == RedisValue::Kind::sorted_set) append_little(dump, value.scores[i]);
  }
  append_little(dump, kDumpVersionWritten);
  append_little(dump, crc64_of_jones(dump));
  return dump;
}

}  // namespace quartz::protocol
