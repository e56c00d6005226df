#include "server/service/service.hpp"

#include <optional>
#include <string>
#include <vector>

#include "base/try.hpp"
#include "server/service/expiry.hpp"

namespace quartz::server {

Result<std::unique_ptr<Service>> Service::open(StorageEngine& engine,
                                               const IdempotencyConfig& idempotency) {
  std::unique_ptr<Service> service(new Service(engine));
  QUARTZ_ASSIGN(service->databases_, Databases::open(engine));
  QUARTZ_ASSIGN(service->generations_, Generations::open(engine));
  QUARTZ_ASSIGN(service->scan_cursors_, ScanCursors::open(engine, service->generations()));
  QUARTZ_ASSIGN(service->idempotency_keys_, IdempotencyKeys::open(engine, idempotency));
  return service;
}

Result<void> Service::commit(Transaction& transaction, const void* origin,
                             const WriteOptions& options) {
  if (!transaction.writes().empty()) commit_gate_.pass();
  QUARTZ_TRY(transaction.commit(options));
  if (transaction.writes().removes_ranges()) vector_sets_.look_again();
  key_events_.publish(transaction.events());
  if (!key_changes_.wanted() || transaction.writes().empty()) return {};
  std::vector<ChangedKey> changed;
  for (std::size_t number = 0; number < Databases::kCount; ++number) {
    const Database* const database = databases_->find(number);
    if (database == nullptr) continue;
    if (transaction.writes().covers(database->rows)) key_changes_.emptied(number, origin);
    for (const PendingWrite& write : transaction.writes().all()) {
      if (write.keyspace == &database->rows) changed.push_back({number, write.key});
    }
  }
  if (!changed.empty()) key_changes_.changed(changed, origin);
  return {};
}

Result<std::size_t> Service::remove_expired(std::size_t count_max) {
  std::size_t count = 0;
  for (std::size_t number = 0; number < Databases::kCount; ++number) {
    const Database* const database = databases_->find(number);
    if (database == nullptr || !database->has_elements.load(std::memory_order_acquire)) continue;
    QUARTZ_ASSIGN(const std::size_t removed, run(*database, [&](DatabaseView& view) {
                    return remove_expired_of(view, count_max - count);
                  }));
    count += removed;
    if (count >= count_max) break;
  }
  return count;
}

}  // namespace quartz::server
