#include "server/service/expiry.hpp"

#include <string>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/expiry_index.hpp"

namespace quartz::server {
namespace {

struct DueEntry {
  std::string index_key;
  std::string generation;  // Of a collection's elements; empty for strings.
};

Result<std::vector<DueEntry>> due_entries(DatabaseView& view, std::size_t count_max) {
  std::vector<DueEntry> due;
  RowCursor cursor(view.transaction(), view.database().elements, expiry_index_begin(),
                   expiry_index_end(view.now()));
  for (; cursor.valid() && due.size() < count_max; cursor.next()) {
    due.push_back({std::string(cursor.key()), std::string(cursor.value())});
  }
  if (cursor.error()) return *cursor.error();
  return due;
}

}  // namespace

Result<std::size_t> remove_expired_of(DatabaseView& view, std::size_t count_max) {
  QUARTZ_ASSIGN(const std::vector<DueEntry> due, due_entries(view, count_max));
  Transaction& transaction = view.transaction();
  const Database& database = view.database();
  for (const DueEntry& entry : due) {
    transaction.remove(database.elements, entry.index_key);
    const auto indexed = read_expiry_index_key(entry.index_key);
    if (!indexed) continue;
    QUARTZ_ASSIGN(const auto row, view.find(indexed->key));
    if (entry.generation.size() == 8) {
      const Generation generation = read_big_endian(entry.generation);
      // A row that was written again may have the same elements, and expire later.
      if (row && row->value.starts_with(entry.generation)) continue;
      std::string last;
      append_big_endian(last, generation + 1);
      transaction.remove_abandoned(database.elements, entry.generation, last);
    }
    if (row) continue;
    transaction.remove(database.rows, indexed->key);
    view.announce(KeyEventClass::expired, "expired", indexed->key);
  }
  return due.size();
}

}  // namespace quartz::server
