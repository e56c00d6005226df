#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/members.hpp"

namespace quartz::server::hashes {

// Fields with values under one key. What is said here of a hash that does not exist is what would
// be said of an empty one; a key of another kind is refused with `wrong_kind`.

struct Field {
  std::string_view name;
  std::string_view value;
};

/// How many of the fields are new. Of two with the same name the later one counts.
Result<std::uint64_t> put(DatabaseView& view, std::string_view key, std::span<const Field> fields);
/// False if the field exists already.
Result<bool> put_if_absent(DatabaseView& view, std::string_view key, const Field& field);

/// Nothing if there is no such field.
Result<std::optional<VisibleRow>> get(DatabaseView& view, std::string_view key,
                                      std::string_view field);
/// Several, in their order and as of one moment.
Result<std::vector<std::optional<VisibleRow>>> get_each(DatabaseView& view, std::string_view key,
                                                        std::span<const std::string_view> fields);
/// All, in the order of their names.
Result<ElementRange> all(DatabaseView& view, std::string_view key);
Result<std::uint64_t> count(DatabaseView& view, std::string_view key);

/// How many there were; the hash goes with its last field.
Result<std::uint64_t> remove(DatabaseView& view, std::string_view key,
                             std::span<const std::string_view> fields);

/// The new value. `invalid_argument` if the old one is no number, or the new one would not be.
Result<std::int64_t> increment(DatabaseView& view, std::string_view key, std::string_view field,
                               std::int64_t by);
Result<std::string> increment_real(DatabaseView& view, std::string_view key, std::string_view field,
                                   long double by);

}  // namespace quartz::server::hashes
