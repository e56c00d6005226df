#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::protocol {

/// What a key of Redis holds, apart from its expiry.
struct RedisValue {
  enum class Kind : std::uint8_t { string, list, set, sorted_set, hash };

  Kind kind = Kind::string;
  /// The string; the values of a list in order; the members of a set or a sorted set; the fields of
  /// a hash, each before its value. No member or field is there twice, and a collection is not
  /// empty.
  std::vector<std::string> items = {};
  std::vector<double> scores = {};  ///< Of the members of a sorted set; none is NaN.

  bool operator==(const RedisValue&) const = default;
};

/// The most that a dump may become, since it may be compressed.
inline constexpr std::size_t kDumpedValueBytesMax = std::size_t{1} << 30;

/// The value as DUMP of Redis tells it and RESTORE takes it: in the format of RDB files of version
/// 10, with that version and a checksum behind it. Strings are not compressed.
std::string redis_dump_of(const RedisValue& value);

/// Whether the end of a dump fits the rest of it, and is of a version up to 11.
bool is_redis_dump(std::string_view dump) noexcept;
/// The value of such a dump, in any form that versions 2.6 to 7.2 of Redis write; nothing if it is
/// none of these, a stream or a module's for instance, or is more than `kDumpedValueBytesMax`. What
/// stands behind the value is not looked at.
std::optional<RedisValue> from_redis_dump(std::string_view dump);

}  // namespace quartz::protocol
