#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/server/idempotency_config.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/service/transaction.hpp"

namespace quartz::server {

/// In what form a reply is remembered. Stored; never renumber.
enum class ReplyForm : std::uint8_t {
  left_out = 0,  ///< It was too large.
  resp2 = 2,
  resp3 = 3,
  http = 8,
};

/// A request that was given a key.
struct KeyedRequest {
  /// Bounds of `id`.
  static constexpr std::size_t kIdBytesMax = 255;

  std::string_view user = {};  ///< Keys of different users have nothing to do with each other.
  bool http = false;           ///< Nor have those of headers of HTTP and of QUARTZ.ONCE.
  std::string_view id = {};
  std::uint64_t sequence = 0;
  /// The whole request, in a form that no other one has: the same key with another request is a
  /// mistake.
  std::string_view content = {};
};

/// What was carried out under which key, with the reply, as rows that are written with what the
/// request itself writes and expire after a while. So a request that is repeated, at the same time
/// or after a crash, finds either both or neither.
///
/// Threads: any number at a time.
class IdempotencyKeys {
 public:
  static Result<std::unique_ptr<IdempotencyKeys>> open(StorageEngine& engine,
                                                       const IdempotencyConfig& config);

  enum class Use : std::uint8_t {
    first,     ///< Carry it out, and `remember` the reply if that has succeeded.
    repeated,  ///< It was carried out: here is the reply.
    other,     ///< Under this key another request was carried out.
    refused,   ///< There are too many, with those under way; it was not looked at.
  };
  struct Begun {
    Use use = Use::first;
    ReplyForm form = ReplyForm::left_out;
    std::string reply = {};
  };

  /// Looks the key up. The transaction depends on it from then on, so that of several requests with
  /// the same key one is committed and the others run again. When repeated, the row is written once
  /// more as it is: the reply is a promise, which has to be as durable as the first time.
  Result<Begun> begin(Transaction& transaction, const KeyedRequest& request) const;
  /// Writes the reply beside what the request has written. It counts from now on, so that no bound
  /// is passed by those that are under way together, and not any more if it is not committed.
  /// Outlives the transaction.
  void remember(Transaction& transaction, const KeyedRequest& request, ReplyForm form,
                std::string_view reply);

  // Within the window, or a little more; with what may still be committed.
  std::uint64_t count() const;
  std::uint64_t bytes() const;

 private:
  class Place;
  struct Sum {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
  };

  IdempotencyKeys(StorageEngine& engine, Keyspace rows, const IdempotencyConfig& config) noexcept
      : engine_(engine), rows_(std::move(rows)), config_(config) {}
  Result<void> count_rows();
  void add(std::int64_t second, std::uint64_t bytes) QUARTZ_REQUIRES(mutex_);
  void subtract(std::int64_t second, std::uint64_t bytes);
  /// Of what has not expired.
  const Sum& current() const QUARTZ_REQUIRES(mutex_);

  StorageEngine& engine_;
  const Keyspace rows_;
  const IdempotencyConfig config_;
  mutable Mutex mutex_;
  mutable Sum sum_ QUARTZ_GUARDED_BY(mutex_);
  mutable std::map<std::int64_t, Sum> by_second_
      QUARTZ_GUARDED_BY(mutex_);  // In which they expire.
};

}  // namespace quartz::server
