#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/bit_field.hpp"
#include "server/service/bit_string.hpp"
#include "server/service/database_view.hpp"

namespace quartz::server::bits {

// Bits of strings. A string that does not exist is an empty one; a key of another kind is refused
// with `wrong_kind`.

/// What the bit was. The string grows to hold it.
Result<bool> set(DatabaseView& view, std::string_view key, std::uint64_t offset, bool on);

/// Lets `target`, whatever it was, hold what the operation makes of these, or nothing at all if
/// that is empty; its size. `complement` takes one.
Result<std::uint64_t> combine(DatabaseView& view, BitOperation operation, std::string_view target,
                              std::span<const std::string_view> keys);

struct FieldOperation {
  enum class Kind : std::uint8_t { get, set, add };
  Kind kind = Kind::get;
  BitFieldType type = {};
  std::uint64_t offset = 0;
  std::int64_t number = 0;
  BitFieldOverflow overflow = BitFieldOverflow::wrap;
};
/// One after another: what the field was if it is read or set, what it is if it is added to, and
/// nothing if that failed. The string grows to hold all that may be written.
Result<std::vector<std::optional<std::int64_t>>> run(DatabaseView& view, std::string_view key,
                                                     std::span<const FieldOperation> operations);

}  // namespace quartz::server::bits
