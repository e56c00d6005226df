#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/storage/row_attributes.hpp"

namespace quartz::server {

/// How a time is told: by how long it is from now, or since 1970.
enum class ExpiryUnit : std::uint8_t {
  seconds,
  milliseconds,
  second_of_epoch,
  millisecond_of_epoch
};

/// Of the words EX, PX, EXAT and PXAT; nothing for others.
std::optional<ExpiryUnit> expiry_unit(std::string_view word) noexcept;

/// The time that a positive number means; "invalid expire time in 'set' command" for others.
Result<ExpiryTime> read_expiry(ExpiryUnit unit, std::string_view word, ExpiryTime now,
                               std::string_view command);
/// The same, of any sign, for times that may have passed.
Result<ExpiryTime> read_any_expiry(ExpiryUnit unit, std::string_view word, ExpiryTime now,
                                   std::string_view command);

}  // namespace quartz::server
