#include "server/resp/collection_encoding.hpp"

#include <cstdint>

#include "base/try.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

std::uint64_t limit_of(CommandCall& call, std::string_view parameter) {
  const auto limit = to_integer(call.server.parameters().value(parameter));
  return limit && *limit > 0 ? static_cast<std::uint64_t>(*limit) : 0;
}

/// The parts that an element has in Redis, out of its row.
struct Element {
  std::string_view name;
  std::string_view value = {};
};

// Sorted sets have two rows for each member, of which those by member come first.
Element element_of(RowKind kind, const RowCursor& row) {
  const std::string_view key = row.key().substr(DatabaseView::kElementPrefixBytes);
  if (kind == RowKind::sorted_set) return {.name = key.substr(1)};
  if (kind == RowKind::set) return {.name = key};
  return {.name = key, .value = row.value()};
}

/// Whether all elements of a collection of at most `count_max` are as `holds(Element)` says.
template <class Holds>
Result<bool> all_elements(CommandCall& call, RowKind kind, const CollectionHead& head,
                          std::uint64_t count_max, Holds holds) {
  if (head.count > count_max) return false;
  RowCursor row = call.view.elements(head);
  for (std::uint64_t i = 0; i < head.count && row.valid(); ++i, row.next()) {
    if (!holds(element_of(kind, row))) return false;
  }
  if (row.error()) return *row.error();
  return true;
}

}  // namespace

Result<std::string_view> encoding_of_collection(CommandCall& call, RowKind kind,
                                                const CollectionHead& head) {
  if (kind == RowKind::list) return std::string_view("quicklist");
  if (kind == RowKind::set) {
    QUARTZ_ASSIGN(
        const bool integers,
        all_elements(call, kind, head, limit_of(call, "set-max-intset-entries"),
                     [](const Element& one) { return to_integer(one.name).has_value(); }));
    return std::string_view(integers ? "intset" : "hashtable");
  }
  const bool scored = kind == RowKind::sorted_set;
  const std::uint64_t entries =
      limit_of(call, scored ? "zset-max-listpack-entries" : "hash-max-listpack-entries");
  const std::uint64_t bytes =
      limit_of(call, scored ? "zset-max-listpack-value" : "hash-max-listpack-value");
  QUARTZ_ASSIGN(const bool small,
                all_elements(call, kind, head, entries, [bytes](const Element& one) {
                  return one.name.size() <= bytes && one.value.size() <= bytes;
                }));
  if (small) return std::string_view("listpack");
  return std::string_view(scored ? "skiplist" : "hashtable");
}

bool is_in_one_piece(std::string_view encoding) noexcept {
  return encoding == "listpack" || encoding == "intset";
}

}  // namespace quartz::server
