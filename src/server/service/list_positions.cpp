#include "server/service/list_positions.hpp"

#include <algorithm>

#include "base/try.hpp"
#include "server/service/big_endian.hpp"

namespace quartz::server::lists {

std::optional<Span> span_of(std::uint64_t size, std::int64_t first, std::int64_t last) noexcept {
  const auto end = static_cast<std::int64_t>(size);
  if (first < 0) first = std::max<std::int64_t>(0, first + end);
  if (last < 0) last += end;
  last = std::min(last, end - 1);
  if (first > last) return std::nullopt;
  return Span{.first = static_cast<std::uint64_t>(first),
              .count = static_cast<std::uint64_t>(last - first + 1)};
}

std::optional<std::uint64_t> position_of(std::uint64_t size, std::int64_t position) noexcept {
  const auto end = static_cast<std::int64_t>(size);
  if (position < 0) position += end;
  if (position < 0 || position >= end) return std::nullopt;
  return static_cast<std::uint64_t>(position);
}

std::string element_of(std::uint64_t index) {
  std::string element;
  append_big_endian(element, index);
  return element;
}

Error value_missing() { return {Errc::corruption, "a list lacks one of its values"}; }

Result<VisibleRow> read_value(DatabaseView& view, const CollectionHead& head, std::uint64_t index) {
  QUARTZ_ASSIGN(auto row, view.find_element(head, element_of(index)));
  if (!row) return value_missing();
  return *std::move(row);
}

ElementRange values_of(DatabaseView& view, const CollectionHead& head, const Span& span,
                       RowCursor::Order order) {
  const std::uint64_t first = head.first_index + span.first;
  return {span.count,
          view.elements(head, element_of(first), element_of(first + span.count), order)};
}

}  // namespace quartz::server::lists
