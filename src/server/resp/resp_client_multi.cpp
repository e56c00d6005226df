#include <utility>

#include "base/try.hpp"
#include "server/resp/resp_client.hpp"

namespace quartz::server {

void RespClient::begin_multi() {
  queue_.emplace();
  queue_refused_ = false;
}

std::optional<std::vector<RespClient::QueuedCommand>> RespClient::end_multi() {
  auto queued = std::exchange(queue_, std::nullopt);
  if (queue_refused_) queued.reset();
  queue_refused_ = false;
  return queued;
}

void RespClient::resume_multi(std::vector<QueuedCommand> queued) { queue_ = std::move(queued); }

void RespClient::watch(const Database& database, std::string_view key) {
  StorageEngine& engine = server_.service().engine();
  watched_rows_.emplace_back(engine.sequence()).add(database.rows, key);
  Transaction transaction(engine);
  const auto row = transaction.read(database.rows, key, Transaction::Look::guarded);
  watched_.push_back(
      {.database = &database, .key = std::string(key), .existed = row && row->has_value()});
}

void RespClient::unwatch() {
  watched_.clear();
  watched_rows_.clear();
}

Result<void> RespClient::depend_on_watched(Transaction& transaction) {
  // In this order: what changes behind the check is found when the transaction is committed.
  for (const Watched& watched : watched_) {
    transaction.depend_on(watched.database->rows, watched.key);
    QUARTZ_ASSIGN(const auto row, transaction.read(watched.database->rows, watched.key));
    if (watched.existed && !row) return Error(Errc::conflict, "a watched key is gone");
  }
  for (const ReadSet& rows : watched_rows_) {
    QUARTZ_TRY(server_.service().engine().write(WriteBatch(), {.unchanged = &rows}));
  }
  return {};
}

}  // namespace quartz::server
