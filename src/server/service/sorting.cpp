#include "server/service/sorting.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "base/try.hpp"
#include "server/service/lists.hpp"
#include "server/service/members.hpp"
#include "server/service/sets.hpp"
#include "server/service/sorted_set.hpp"

namespace quartz::server {
namespace {

constexpr char kPlace = '*';

struct Element {
  std::string bytes;
  std::optional<std::string> compared = {};  ///< By bytes, if not itself.
  double number = 0;
  std::size_t position = 0;  ///< In the collection.
};
using Elements = std::vector<Element>;

Result<Elements> elements_of(DatabaseView& view, RowKind kind, std::string_view key) {
  Elements elements;
  if (kind == RowKind::sorted_set) {
    QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
    MemberCursor member = set.in_order();
    for (; member.valid(); member.next()) {
      elements.push_back({.bytes = std::string(member.member())});
    }
    QUARTZ_TRY(member.end());
    return elements;
  }
  const bool is_list = kind == RowKind::list;
  QUARTZ_ASSIGN(ElementRange range,
                is_list ? lists::range(view, key, 0, -1) : sets::all(view, key));
  for (; range.valid(); range.next()) {
    elements.push_back({.bytes = std::string(is_list ? range.value() : range.key())});
  }
  QUARTZ_TRY(range.finish());
  return elements;
}

struct Place {
  std::string key;
  std::string_view field = {};
};

/// Where a pattern leads; nothing if it is the same place for all.
std::optional<Place> place_of(std::string_view pattern, std::string_view element) {
  const std::size_t at = pattern.find(kPlace);
  if (at == std::string_view::npos) return std::nullopt;
  Place place;
  const std::size_t arrow = pattern.find("->", at + 1);
  std::string_view behind = pattern.substr(at + 1);
  if (arrow != std::string_view::npos && arrow + 2 < pattern.size()) {
    place.field = pattern.substr(arrow + 2);
    behind = behind.substr(0, arrow - at - 1);
  }
  place.key = pattern.substr(0, at);
  place.key += element;
  place.key += behind;
  return place;
}

Result<std::optional<std::string>> look_up(DatabaseView& view, std::string_view pattern,
                                           std::string_view element) {
  using Found = std::optional<std::string>;
  if (pattern == "#") return Found(element);
  const auto place = place_of(pattern, element);
  if (!place || place->key.size() > kServerKeyBytesMax) return Found();
  QUARTZ_ASSIGN(const auto row, view.find(place->key));
  if (!row) return Found();
  if (place->field.empty()) {
    return row->kind() == RowKind::string ? Found(row->value) : std::nullopt;
  }
  if (row->kind() != RowKind::hash) return Found();
  QUARTZ_ASSIGN(const auto head, CollectionHead::decode(RowKind::hash, row->value, place->key));
  QUARTZ_ASSIGN(const auto value, members::find_in(view, head, place->field));
  return value ? Found(value->value) : std::nullopt;
}

// By the C library as Redis does, which ends at a zero byte and takes an empty text for 0.
Result<double> number_of(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const double number = std::strtod(text.c_str(), &end);
  if (*end != '\0' || errno == ERANGE || std::isnan(number)) {
    return Error(Errc::invalid_argument, "One or more scores can't be converted into double");
  }
  return number;
}

/// Finds out by what the elements are compared. One that leads nowhere comes before all others by
/// bytes, and is 0 as a number.
Result<void> find_compared(DatabaseView& view, const Sorting& sorting, Elements& elements) {
  for (Element& element : elements) {
    std::optional<std::string> found;
    if (sorting.by) {
      QUARTZ_ASSIGN(found, look_up(view, *sorting.by, element.bytes));
    } else if (!sorting.by_bytes) {
      found = element.bytes;
    }
    if (sorting.by_bytes) {
      element.compared = std::move(found);
    } else if (found) {
      QUARTZ_ASSIGN(element.number, number_of(*found));
    }
  }
  return {};
}

bool is_before(const Sorting& sorting, const Element& a, const Element& b) {
  if (!sorting.by_bytes) {
    return a.number != b.number ? a.number < b.number : a.bytes < b.bytes;
  }
  return sorting.by ? a.compared < b.compared : a.bytes < b.bytes;
}

/// What compares as equal stays in its order.
void sort_elements(const Sorting& sorting, Elements& elements) {
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i].position = i;
  std::ranges::sort(elements, [&](const Element& a, const Element& b) {
    const Element& low = sorting.descending ? b : a;
    const Element& high = sorting.descending ? a : b;
    if (is_before(sorting, low, high)) return true;
    return !is_before(sorting, high, low) && a.position < b.position;
  });
}

/// Values that are looked up for one answer.
constexpr std::size_t kToldMax = std::size_t{1} << 24;

/// Those that the limits leave.
void cut(const Sorting& sorting, Elements& elements) {
  const auto size = static_cast<std::int64_t>(elements.size());
  const std::int64_t first = std::clamp<std::int64_t>(sorting.first, 0, size);
  const std::int64_t count =
      sorting.count < 0 ? size - first : std::min(sorting.count, size - first);
  elements.erase(elements.begin() + first + count, elements.end());
  elements.erase(elements.begin(), elements.begin() + first);
}

Result<std::vector<std::optional<std::string>>> tell(DatabaseView& view, const Sorting& sorting,
                                                     Elements& elements) {
  if (elements.size() * sorting.told.size() > kToldMax) {
    return Error(Errc::invalid_argument, "the answer would be too large");
  }
  std::vector<std::optional<std::string>> told;
  for (Element& element : elements) {
    for (const std::string_view pattern : sorting.told) {
      QUARTZ_ASSIGN(auto found, look_up(view, pattern, element.bytes));
      told.push_back(std::move(found));
    }
    if (sorting.told.empty()) told.emplace_back(std::move(element.bytes));
  }
  return told;
}

}  // namespace

Result<std::vector<std::optional<std::string>>> sorted(DatabaseView& view, std::string_view key,
                                                       const Sorting& asked) {
  QUARTZ_ASSIGN(const auto row, view.find(key));
  if (!row) return std::vector<std::optional<std::string>>();
  const RowKind kind = row->kind();
  if (kind == RowKind::string || kind == RowKind::hash) {
    return Error(Errc::wrong_kind, "Operation against a key holding the wrong kind of value");
  }
  QUARTZ_ASSIGN(Elements elements, elements_of(view, kind, key));
  Sorting sorting = asked;
  const bool unsorted = sorting.by && sorting.by->find(kPlace) == std::string_view::npos;
  if (unsorted && kind == RowKind::set && sorting.defined_order) {
    sorting.by.reset();
    sorting.by_bytes = true;
  }
  if (!sorting.by || !unsorted) {
    QUARTZ_TRY(find_compared(view, sorting, elements));
    sort_elements(sorting, elements);
  } else if (sorting.descending && kind != RowKind::set) {
    std::ranges::reverse(elements);
  }
  cut(sorting, elements);
  return tell(view, sorting, elements);
}

}  // namespace quartz::server
