#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"

namespace quartz::server {

/// What of a list, a set or a sorted set is told, and in which order.
struct Sorting {
  bool descending = false;
  bool by_bytes = false;    ///< By number otherwise.
  std::int64_t first = 0;   ///< So many are left out.
  std::int64_t count = -1;  ///< At most so many; all if it is negative.
  /// Not the elements are compared but what each of them leads to. A pattern without an asterisk
  /// leads nowhere: the elements stay in their own order, or against it.
  std::optional<std::string_view> by = {};
  /// Not the elements are told but what each of them leads to, one pattern after another; "#" is
  /// the element itself.
  std::vector<std::string_view> told = {};
  /// The order must not depend on how a set keeps its members.
  bool defined_order = false;
};

/// In a pattern the element stands in place of the first asterisk. That is the key of a string, or
/// before "->" of a hash, whose field stands behind. Nothing is told where there is no such key or
/// field. A key that does not exist has no elements.
///
/// `wrong_kind` if the key holds something else, `invalid_argument` if something compared is no
/// number. Cost: all elements in memory.
Result<std::vector<std::optional<std::string>>> sorted(DatabaseView& view, std::string_view key,
                                                       const Sorting& sorting);

}  // namespace quartz::server
