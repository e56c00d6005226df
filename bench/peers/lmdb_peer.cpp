#include <algorithm>
#include <lmdb.h>
#include <utility>

#include "bench/peers/peer.hpp"
#include "bench/peers/remark.hpp"

namespace quartz::bench {
namespace {

void check(int code) {
  if (code != MDB_SUCCESS) require(false, std::string("LMDB: ") + mdb_strerror(code));
}

bool exists(int code) {
  if (code == MDB_NOTFOUND) return false;
  check(code);
  return true;
}

// LMDB only reads what it is given, but its structure does not say so.
MDB_val val(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
std::string_view view(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

struct CloseEnv {
  void operator()(MDB_env* env) const { mdb_env_close(env); }
};
struct AbortTxn {
  void operator()(MDB_txn* txn) const { mdb_txn_abort(txn); }
};
struct CloseCursor {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using Env = std::unique_ptr<MDB_env, CloseEnv>;
using Txn = std::unique_ptr<MDB_txn, AbortTxn>;

struct Store {
  Env env;
  MDB_dbi rows = 0;
};

Txn begin(const Store& store, unsigned flags) {
  MDB_txn* txn = nullptr;
  check(mdb_txn_begin(store.env.get(), nullptr, flags, &txn));
  return Txn(txn);
}

void commit(Txn txn) { check(mdb_txn_commit(txn.release())); }

/// A cursor with a read transaction of its own. Both are used again after `rest` and `renew`, as
/// LMDB advises.
class Walk {
 public:
  explicit Walk(const Store& store) : txn_(begin(store, MDB_RDONLY)) {
    MDB_cursor* cursor = nullptr;
    check(mdb_cursor_open(txn_.get(), store.rows, &cursor));
    cursor_.reset(cursor);
  }
  void rest() { mdb_txn_reset(txn_.get()); }
  void renew() {
    check(mdb_txn_renew(txn_.get()));
    check(mdb_cursor_renew(txn_.get(), cursor_.get()));
  }
  bool move(MDB_val& key, MDB_val& value, MDB_cursor_op to) {
    return exists(mdb_cursor_get(cursor_.get(), &key, &value, to));
  }

 private:
  Txn txn_;
  std::unique_ptr<MDB_cursor, CloseCursor> cursor_;
};

using Walks = std::vector<std::unique_ptr<Walk>>;

class LmdbCursor final : public PeerCursor {
 public:
  LmdbCursor(std::unique_ptr<Walk> walk, Walks& resting)
      : walk_(std::move(walk)), resting_(resting) {}
  ~LmdbCursor() override {
    walk_->rest();
    resting_.push_back(std::move(walk_));
  }
  LmdbCursor(const LmdbCursor&) = delete;
  LmdbCursor& operator=(const LmdbCursor&) = delete;

  void seek(std::string_view key) override {
    key_ = val(key);
    move(key.empty() ? MDB_FIRST : MDB_SET_RANGE);  // An empty key is an error to LMDB.
  }
  void seek_to_first() override { move(MDB_FIRST); }
  void seek_to_last() override { move(MDB_LAST); }
  bool valid() const override { return valid_; }
  void next() override { move(MDB_NEXT); }
  void previous() override { move(MDB_PREV); }
  std::string_view key() override { return view(key_); }
  std::string_view value() override { return view(value_); }

 private:
  void move(MDB_cursor_op to) { valid_ = walk_->move(key_, value_, to); }

  std::unique_ptr<Walk> walk_;
  Walks& resting_;
  MDB_val key_{};
  MDB_val value_{};
  bool valid_ = false;
};

class LmdbSession final : public PeerSession {
 public:
  explicit LmdbSession(const Store& store) : store_(store), reading_(begin(store, MDB_RDONLY)) {
    mdb_txn_reset(reading_.get());
  }

  void put(std::string_view key, std::string_view value) override {
    Txn txn = begin(store_, 0);
    put_in(*txn, {key, value});
    commit(std::move(txn));
  }
  void write(std::span<const Row> rows) override {
    Txn txn = begin(store_, 0);
    for (const Row& row : rows) put_in(*txn, row);
    commit(std::move(txn));
  }
  void remove(std::string_view key) override {
    Txn txn = begin(store_, 0);
    MDB_val stored = val(key);
    exists(mdb_del(txn.get(), store_.rows, &stored, nullptr));
    commit(std::move(txn));
  }
  bool get(std::string_view key, std::string& value) override {
    return multi_get({&key, 1}, {&value, 1}) == 1;
  }
  std::size_t multi_get(std::span<const std::string_view> keys,
                        std::span<std::string> values) override {
    check(mdb_txn_renew(reading_.get()));
    std::size_t found = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      MDB_val key = val(keys[i]);
      MDB_val value{};
      if (!exists(mdb_get(reading_.get(), store_.rows, &key, &value))) continue;
      values[i].assign(view(value));
      ++found;
    }
    mdb_txn_reset(reading_.get());
    return found;
  }
  std::unique_ptr<PeerCursor> cursor() override {
    if (resting_.empty()) {
      return std::make_unique<LmdbCursor>(std::make_unique<Walk>(store_), resting_);
    }
    auto walk = std::move(resting_.back());
    resting_.pop_back();
    walk->renew();
    return std::make_unique<LmdbCursor>(std::move(walk), resting_);
  }

 private:
  void put_in(MDB_txn& txn, const Row& row) {
    MDB_val key = val(row.key);
    MDB_val value = val(row.value);
    check(mdb_put(&txn, store_.rows, &key, &value, 0));
  }

  const Store& store_;
  const Txn reading_;
  Walks resting_;
};

class LmdbPeer final : public Peer {
 public:
  explicit LmdbPeer(const PeerOptions& options) {
    // Pages are half full after random puts, rows have headers, and what a reader still sees is not
    // used again. The file is sparse: a generous size costs addresses only.
    constexpr std::size_t kMapBytesMin = std::size_t{64} << 20;
    MDB_env* env = nullptr;
    check(mdb_env_create(&env));
    store_.env.reset(env);
    check(mdb_env_set_mapsize(env, std::max(kMapBytesMin, 4 * options.data_bytes_max)));
    std::filesystem::create_directories(options.directory);
    // A session has a read transaction for `get` and one for each cursor: more than the one that a
    // thread may have without MDB_NOTLS.
    unsigned flags = MDB_WRITEMAP | MDB_NOTLS;
    // What is in the map is in the system's caches, which outlive the process.
    if (options.promise != Promise::disk) flags |= MDB_NOSYNC;
    check(mdb_env_open(env, options.directory.c_str(), flags, 0644));
    Txn txn = begin(store_, 0);
    check(mdb_dbi_open(txn.get(), nullptr, 0, &store_.rows));
    commit(std::move(txn));
  }

  std::unique_ptr<PeerSession> session() override { return std::make_unique<LmdbSession>(store_); }
  void flush() override {}    // No log and no buffers: a commit leaves rows where they stay.
  void compact() override {}  // Its compaction is a copy into another directory.
  void settle() override {}   // No background work.

 private:
  Store store_;
};

std::unique_ptr<Peer> open(const PeerOptions& options) {
  return std::make_unique<LmdbPeer>(options);
}

std::string linked_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  mdb_version(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace

const std::vector<PeerKind>& peer_kinds() {
  static const std::vector<PeerKind> kinds = {
      {.name = "lmdb",
       .version = linked_version(),
       .remark = remark("its memory includes what it maps of its file"),
       .only_categories = {},
       .not_in_categories = {},
       .open = open}};
  return kinds;
}

}  // namespace quartz::bench
