#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "quartz/error.hpp"
#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/element_range.hpp"

namespace quartz::server::lists {

// Where the values of a list lie: the one at position p under the index `first_index + p`.

struct Span {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};
/// The positions from `first` to `last` of a list of `size`, both counted from the end if negative;
/// nothing if there are none.
std::optional<Span> span_of(std::uint64_t size, std::int64_t first, std::int64_t last) noexcept;
/// Nothing if there is no such position.
std::optional<std::uint64_t> position_of(std::uint64_t size, std::int64_t position) noexcept;

/// The element's key.
std::string element_of(std::uint64_t index);
/// `corruption`: an index between the first and the last has no value. That is also what it looks
/// like when somebody came between, which the commit then tells of.
Error value_missing();
/// `value_missing` if there is none.
Result<VisibleRow> read_value(DatabaseView& view, const CollectionHead& head, std::uint64_t index);
/// In order, or from the last to the first.
ElementRange values_of(DatabaseView& view, const CollectionHead& head, const Span& span,
                       RowCursor::Order order = RowCursor::Order::forward);

}  // namespace quartz::server::lists
