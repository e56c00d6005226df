#include "server/service/idempotency_keys.hpp"

#include <algorithm>
#include <chrono>

#include "base/hash.hpp"
#include "base/try.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/open_keyspace.hpp"

namespace quartz::server {
namespace {

// docs/formats/server_rows.md gives the layout.
constexpr std::size_t kDigestBytes = 16;
constexpr std::size_t kHeadBytes = 1 + kDigestBytes;
/// What a row costs beside its key and value, roughly.
constexpr std::uint64_t kRowBytes = 64;

std::string row_key(const KeyedRequest& request) {
  std::string key;
  key += request.http ? 'h' : 'r';
  append_big_endian(key, request.user.size());
  key += request.user;
  append_big_endian(key, request.id.size());
  key += request.id;
  append_big_endian(key, request.sequence);
  return key;
}

std::string digest_of(std::string_view content) {
  std::string digest;
  append_big_endian(digest, hash_key(content, 1));
  append_big_endian(digest, hash_key(content, 2));
  return digest;
}

std::int64_t second_of(ExpiryTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

/// Room for one more. It is given back unless it was taken.
class IdempotencyKeys::Place {
 public:
  Place(IdempotencyKeys& keys, std::int64_t second, std::uint64_t bytes)
      : keys_(keys), second_(second), bytes_(bytes) {
    MutexLock lock(keys_.mutex_);
    keys_.add(second_, bytes_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    if (!taken_) keys_.subtract(second_, bytes_);
  }
  void take() noexcept { taken_ = true; }

 private:
  IdempotencyKeys& keys_;
  const std::int64_t second_;
  const std::uint64_t bytes_;
  bool taken_ = false;
};

Result<std::unique_ptr<IdempotencyKeys>> IdempotencyKeys::open(StorageEngine& engine,
                                                               const IdempotencyConfig& config) {
  QUARTZ_ASSIGN(Keyspace rows, open_keyspace(engine, "idempotency"));
  std::unique_ptr<IdempotencyKeys> keys(new IdempotencyKeys(engine, std::move(rows), config));
  QUARTZ_TRY(keys->count_rows());
  return keys;
}

Result<void> IdempotencyKeys::count_rows() {
  MutexLock lock(mutex_);
  Cursor cursor = engine_.cursor({.keyspace = &rows_});
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    const auto expires_at = cursor.attributes().expires_at.value_or(engine_.now());
    add(second_of(expires_at), cursor.key().size() + cursor.value().size() + kRowBytes);
  }
  if (cursor.error()) return *cursor.error();
  return {};
}

void IdempotencyKeys::add(std::int64_t second, std::uint64_t bytes) {
  for (Sum* const sum : {&sum_, &by_second_[second]}) {
    ++sum->count;
    sum->bytes += bytes;
  }
}

void IdempotencyKeys::subtract(std::int64_t second, std::uint64_t bytes) {
  MutexLock lock(mutex_);
  const auto found = by_second_.find(second);
  // What has expired is not counted any more.
  if (found == by_second_.end()) return;
  for (Sum* const sum : {&sum_, &found->second}) {
    --sum->count;
    sum->bytes -= bytes;
  }
}

const IdempotencyKeys::Sum& IdempotencyKeys::current() const {
  const std::int64_t now = second_of(engine_.now());
  while (!by_second_.empty() && by_second_.begin()->first < now) {
    sum_.count -= by_second_.begin()->second.count;
    sum_.bytes -= by_second_.begin()->second.bytes;
    by_second_.erase(by_second_.begin());
  }
  return sum_;
}

Result<IdempotencyKeys::Begun> IdempotencyKeys::begin(Transaction& transaction,
                                                      const KeyedRequest& request) const {
  const std::string key = row_key(request);
  QUARTZ_ASSIGN(const auto row, transaction.read(rows_, key));
  if (!row) {
    MutexLock lock(mutex_);
    const Sum& sum = current();
    const bool room = sum.count < config_.keys_max && sum.bytes < config_.bytes_max;
    return Begun{.use = room ? Use::first : Use::refused};
  }
  if (row->value.size() < kHeadBytes) {
    return Error(Errc::corruption, "keyspace \"idempotency\": a row is damaged");
  }
  if (row->value.substr(1, kDigestBytes) != digest_of(request.content)) {
    return Begun{.use = Use::other};
  }
  // The view ends with the write.
  const std::string value(row->value);
  transaction.put(rows_, key, value, row->attributes);
  return Begun{.use = Use::repeated,
               .form = static_cast<ReplyForm>(value.front()),
               .reply = value.substr(kHeadBytes)};
}

void IdempotencyKeys::remember(Transaction& transaction, const KeyedRequest& request,
                               ReplyForm form, std::string_view reply) {
  const bool kept = reply.size() <= config_.reply_bytes_max;
  std::string value;
  value += static_cast<char>(kept ? form : ReplyForm::left_out);
  value += digest_of(request.content);
  if (kept) value += reply;
  const std::string key = row_key(request);
  const ExpiryTime expires_at = transaction.now() + config_.window;
  transaction.put(rows_, key, value, {.expires_at = expires_at});
  const auto place =
      std::make_shared<Place>(*this, second_of(expires_at), key.size() + value.size() + kRowBytes);
  transaction.when_committed([place] { place->take(); });
}

std::uint64_t IdempotencyKeys::count() const {
  MutexLock lock(mutex_);
  return current().count;
}

std::uint64_t IdempotencyKeys::bytes() const {
  MutexLock lock(mutex_);
  return current().bytes;
}

}  // namespace quartz::server
