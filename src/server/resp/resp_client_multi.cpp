#include <utility>

#include "base/try.hpp"
#include "server/resp/resp_client.hpp"
#include "server/transport/current_limits.hpp"

namespace quartz::server {
namespace {

/// What a transaction holds is counted by so much at a time; less is what every connection has.
constexpr std::size_t kCountedStep = std::size_t{16} << 10;
constexpr std::string_view kTooMuch =
    "ERR too much is waiting in all connections together; try again later";

}  // namespace

void RespClient::begin_multi() {
  queue_.emplace();
  queue_refused_ = false;
  queued_count_.store(0, std::memory_order_relaxed);
}

// As in Redis nothing more is kept of what will not be run.
void RespClient::queue(const Command& command, Words arguments, std::string& output) {
  if (!queue_refused_) {
    std::size_t bytes = sizeof(QueuedCommand);
    for (const std::string_view word : arguments) bytes += sizeof(std::string) + word.size();
    if (!count_transaction(bytes)) {
      queue_ = std::vector<QueuedCommand>();
      queued_bytes_ = 0;
      queued_count_.store(0, std::memory_order_relaxed);
      static_cast<void>(count_transaction(0));
      return refuse(kTooMuch, output, &command);
    }
    queued_bytes_ += bytes;
    queue_->emplace_back(&command, std::vector<std::string>(arguments.begin(), arguments.end()));
    queued_count_.store(static_cast<std::int64_t>(queue_->size()), std::memory_order_relaxed);
  }
  protocol::RespReplyWriter(output, version()).simple("QUEUED");
}

// With so many bytes more. False if all connections together hold too much already.
bool RespClient::count_transaction(std::size_t bytes) {
  const std::size_t size = queued_bytes_ + watched_bytes_ + bytes;
  if (!transaction_share_) return true;
  const std::size_t counted = size - size % kCountedStep;
  return counted == transaction_share_->bytes() ||
         transaction_share_->resize(counted, server_.limits()->get().buffered_bytes_max);
}

std::optional<std::vector<RespClient::QueuedCommand>> RespClient::end_multi() {
  auto queued = std::exchange(queue_, std::nullopt);
  if (queue_refused_) queued.reset();
  queue_refused_ = false;
  return queued;
}

void RespClient::resume_multi(std::vector<QueuedCommand> queued) { queue_ = std::move(queued); }

Result<void> RespClient::watch(const Database& database, std::string_view key) {
  std::pair<const Database*, std::string> name(&database, key);
  if (watched_.contains(name)) return {};
  // The key is kept twice.
  const std::size_t bytes = sizeof(name) + sizeof(Watched) + 2 * key.size();
  if (!count_transaction(bytes)) return Error(Errc::invalid_argument, std::string(kTooMuch));
  watched_bytes_ += bytes;
  StorageEngine& engine = server_.service().engine();
  ReadSet unchanged(engine.sequence());
  unchanged.add(database.rows, key);
  Transaction transaction(engine);
  const auto row = transaction.read(database.rows, key, Transaction::Look::guarded);
  watched_.emplace(std::move(name),
                   Watched{.existed = row && row->has_value(), .row = std::move(unchanged)});
  return {};
}

void RespClient::unwatch() {
  watched_.clear();
  watched_bytes_ = 0;
  queued_bytes_ = 0;
  queued_count_.store(-1, std::memory_order_relaxed);
  if (transaction_share_) transaction_share_->release();
}

Result<void> RespClient::depend_on_watched(Transaction& transaction) {
  // In this order: what changes behind the check is found when the transaction is committed.
  for (const auto& [name, watched] : watched_) {
    const auto& [database, key] = name;
    transaction.depend_on(database->rows, key);
    QUARTZ_ASSIGN(const auto row, transaction.read(database->rows, key));
    if (watched.existed && !row) return Error(Errc::conflict, "a watched key is gone");
  }
  for (const auto& [name, watched] : watched_) {
    QUARTZ_TRY(server_.service().engine().write(WriteBatch(), {.unchanged = &watched.row}));
  }
  return {};
}

}  // namespace quartz::server
