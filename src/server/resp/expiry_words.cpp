#include "server/resp/expiry_words.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

Error invalid_expire_time(std::string_view command) {
  return {Errc::invalid_argument, fmt::format("invalid expire time in '{}' command", command)};
}

}  // namespace

std::optional<ExpiryUnit> expiry_unit(std::string_view word) noexcept {
  if (is_same_word(word, "EX")) return ExpiryUnit::seconds;
  if (is_same_word(word, "PX")) return ExpiryUnit::milliseconds;
  if (is_same_word(word, "EXAT")) return ExpiryUnit::second_of_epoch;
  if (is_same_word(word, "PXAT")) return ExpiryUnit::millisecond_of_epoch;
  return std::nullopt;
}

Result<ExpiryTime> read_any_expiry(ExpiryUnit unit, std::string_view word, ExpiryTime now,
                                   std::string_view command) {
  QUARTZ_ASSIGN(std::int64_t number, integer_of(word));
  const bool in_seconds = unit == ExpiryUnit::seconds || unit == ExpiryUnit::second_of_epoch;
  if (in_seconds && __builtin_mul_overflow(number, std::int64_t{1000}, &number)) {
    return invalid_expire_time(command);
  }
  const bool from_now = unit == ExpiryUnit::seconds || unit == ExpiryUnit::milliseconds;
  if (from_now && __builtin_add_overflow(number, now.time_since_epoch().count(), &number)) {
    return invalid_expire_time(command);
  }
  constexpr std::int64_t kLatest = std::int64_t{1} << 62;
  if (number > kLatest) return invalid_expire_time(command);
  return ExpiryTime(std::chrono::milliseconds(std::max<std::int64_t>(number, 0)));
}

Result<ExpiryTime> read_expiry(ExpiryUnit unit, std::string_view word, ExpiryTime now,
                               std::string_view command) {
  QUARTZ_ASSIGN(const std::int64_t number, integer_of(word));
  if (number <= 0) return invalid_expire_time(command);
  return read_any_expiry(unit, word, now, command);
}

}  // namespace quartz::server
