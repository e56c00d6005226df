#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "quartz/result.hpp"
#include "quartz/storage/durability.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/service/collections.hpp"
#include "server/service/commit_gate.hpp"
#include "server/service/database_view.hpp"
#include "server/service/databases.hpp"
#include "server/service/generations.hpp"
#include "server/service/idempotency_keys.hpp"
#include "server/service/key_changes.hpp"
#include "server/service/key_events.hpp"
#include "server/service/publications.hpp"
#include "server/service/scan_cursors.hpp"
#include "server/service/transaction.hpp"
#include "server/service/vector_set_collections.hpp"

namespace quartz::server {

/// What a server does, whichever protocol asks for it: an engine's databases, and who wants to be
/// told of what happens there. Operations themselves are functions over a `DatabaseView`.
///
/// Threads: any number at a time. The engine must outlive it.
class Service {
 public:
  static Result<std::unique_ptr<Service>> open(StorageEngine& engine,
                                               const IdempotencyConfig& idempotency = {});

  StorageEngine& engine() noexcept { return engine_; }
  Databases& databases() noexcept { return *databases_; }
  Generations& generations() noexcept { return *generations_; }
  ScanCursors& scan_cursors() noexcept { return *scan_cursors_; }
  IdempotencyKeys& idempotency_keys() noexcept { return *idempotency_keys_; }
  Publications& publications() noexcept { return publications_; }
  KeyEvents& key_events() noexcept { return key_events_; }
  KeyChanges& key_changes() noexcept { return key_changes_; }
  Collections& collections() noexcept { return collections_; }
  VectorSetCollections& vector_sets() noexcept { return vector_sets_; }

  DatabaseView view(Transaction& transaction, const Database& database) noexcept {
    return {transaction, database, *generations_};
  }

  /// Closed, it holds back all commits that write.
  CommitGate& commit_gate() noexcept { return commit_gate_; }

  /// Commits, and tells those who want to know. `origin`: on whose behalf, for those who do not
  /// want to hear of what they did themselves; null: nobody's.
  Result<void> commit(Transaction& transaction, const void* origin = nullptr,
                      const WriteOptions& options = {});

  /// Runs `operation(DatabaseView&)`, which answers a Result, and commits; again and again until
  /// nobody has come between. If it answers an error, nothing is written; but that is the answer
  /// only if nobody has come between, either, since what it read was not of one moment otherwise.
  template <class Operation>
  auto run(const Database& database, Operation&& operation, const WriteOptions& options = {}) {
    Transaction transaction(engine_);
    for (Attempts attempts(commit_gate_);;) {
      DatabaseView of_database = view(transaction, database);
      auto answer = operation(of_database);
      if (!answer) transaction.forget_writes();
      Result<void> committed = commit(transaction, nullptr, options);
      if (committed) return answer;
      if (committed.error().code() != Errc::conflict) {
        if (!answer) return answer;
        return decltype(answer)(std::move(committed).error());
      }
      attempts.note_conflict();
      transaction.restart();
    }
  }

  /// Removes rows that have expired, at most `count_max`, and announces it; how many there were.
  /// They cannot be read any more in any case; this gives back what belongs to them.
  Result<std::size_t> remove_expired(std::size_t count_max);
  /// Drops the collections of vector sets that are no more; how many there were.
  Result<std::size_t> drop_abandoned_collections() {
    return vector_sets_.drop_abandoned(*databases_);
  }

 private:
  explicit Service(StorageEngine& engine) noexcept
      : engine_(engine),
        key_events_(publications_),
        collections_(engine),
        vector_sets_(engine, collections_) {}

  StorageEngine& engine_;
  CommitGate commit_gate_;
  std::unique_ptr<Databases> databases_;
  std::unique_ptr<Generations> generations_;
  std::unique_ptr<ScanCursors> scan_cursors_;
  std::unique_ptr<IdempotencyKeys> idempotency_keys_;
  Publications publications_;
  KeyEvents key_events_;
  KeyChanges key_changes_;
  Collections collections_;
  VectorSetCollections vector_sets_;
};

}  // namespace quartz::server
