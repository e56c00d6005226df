#include <algorithm>
#include <atomic>
#include <mutex>
#include <sqlite3.h>
#include <utility>

#include "bench/peers/peer.hpp"
#include "bench/peers/remark.hpp"
#include "bench/peers/sqlite_statement.hpp"

namespace quartz::bench {
namespace {

/// What the connections to one database have in common.
struct Database {
  PeerOptions options;
  /// Writers take turns here: SQLite allows one at a time, and would let the others sleep and ask
  /// again.
  std::mutex writing;
  std::atomic<std::size_t> sessions{0};
};

std::string pragma(const char* name, std::size_t value) {
  return std::string("PRAGMA ") + name + "=" + std::to_string(value) + ";";
}

constexpr std::size_t kPageBytes = 4096;  // SQLite's default: each put writes a whole page.

std::string settings(const PeerOptions& options) {
  std::string text = pragma("page_size", kPageBytes);
  // Also without any promise: no journal is faster than a log that is not synced, and with the
  // others readers wait for writers. What was written to it outlives a killed process.
  text += "PRAGMA journal_mode=WAL;";
  text += options.promise == Promise::disk ? "PRAGMA synchronous=FULL;" : "PRAGMA synchronous=OFF;";
  // The log is what SQLite has for a write buffer: pages written again before it is full are moved
  // to their place once.
  text += pragma(
      "wal_autocheckpoint",
      options.keep_in_log ? 0 : std::max<std::size_t>(options.write_memory_bytes / kPageBytes, 1));
  text += pragma("mmap_size", 4 * options.data_bytes_max);
  // Rows in the order of their keys, and nothing else.
  text +=
      "CREATE TABLE IF NOT EXISTS rows(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;";
  return text;
}

Connection connect(const Database& database) {
  constexpr int kBusyMilliseconds = 60'000;
  sqlite3* opened = nullptr;
  // Each connection stays on its thread, and needs no lock of its own.
  const int code =
      sqlite3_open_v2((database.options.directory / "rows.sqlite").c_str(), &opened,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(opened);
  check(opened, code == SQLITE_OK);
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  execute(*opened, settings(database.options));
  return connection;
}

/// The statements of one cursor, which outlive it for the next one.
struct WalkStatements {
  explicit WalkStatements(sqlite3& connection)
      : from(prepare(connection, "SELECT key,value FROM rows WHERE key>=?1 ORDER BY key")),
        down_from(
            prepare(connection, "SELECT key,value FROM rows WHERE key<=?1 ORDER BY key DESC")),
        down(prepare(connection, "SELECT key,value FROM rows ORDER BY key DESC")) {}

  const Statement from;
  const Statement down_from;
  const Statement down;
};

using Walks = std::vector<std::unique_ptr<WalkStatements>>;

class SqliteCursor final : public PeerCursor {
 public:
  SqliteCursor(std::unique_ptr<WalkStatements> walk, Walks& resting)
      : walk_(std::move(walk)), resting_(resting) {}
  ~SqliteCursor() override {
    stop();
    resting_.push_back(std::move(walk_));
  }
  SqliteCursor(const SqliteCursor&) = delete;
  SqliteCursor& operator=(const SqliteCursor&) = delete;

  void seek(std::string_view key) override { start(walk_->from, key); }
  void seek_to_first() override { start(walk_->from, ""); }
  void seek_to_last() override {
    stop();
    walking_ = &walk_->down;
    advance();
  }
  bool valid() const override { return valid_; }
  void next() override {
    if (walking_ != &walk_->from) start(walk_->from, std::string(key()));
    advance();
  }
  void previous() override {
    if (walking_ == &walk_->from) start(walk_->down_from, std::string(key()));
    advance();
  }
  std::string_view key() override { return column(*walking_, 0); }
  std::string_view value() override { return column(*walking_, 1); }

 private:
  void start(const Statement& statement, std::string_view key) {
    key_ = key;  // The statement refers to it.
    stop();
    walking_ = &statement;
    bind(statement, 1, key_);
    advance();
  }
  void advance() { valid_ = step(*walking_); }
  void stop() {
    if (walking_ != nullptr) sqlite3_reset(walking_->get());
  }

  std::unique_ptr<WalkStatements> walk_;
  Walks& resting_;
  const Statement* walking_ = nullptr;
  std::string key_;
  bool valid_ = false;
};

class SqliteSession final : public PeerSession {
 public:
  explicit SqliteSession(Database& database)
      : database_(database),
        connection_(connect(database)),
        put_(prepare(*connection_, "REPLACE INTO rows VALUES(?1,?2)")),
        remove_(prepare(*connection_, "DELETE FROM rows WHERE key=?1")),
        get_(prepare(*connection_, "SELECT value FROM rows WHERE key=?1")),
        begin_(prepare(*connection_, "BEGIN")),
        begin_writing_(prepare(*connection_, "BEGIN IMMEDIATE")),
        commit_(prepare(*connection_, "COMMIT")) {
    ++database_.sessions;
  }
  ~SqliteSession() override { --database_.sessions; }
  SqliteSession(const SqliteSession&) = delete;
  SqliteSession& operator=(const SqliteSession&) = delete;

  void put(std::string_view key, std::string_view value) override {
    share_cache();
    const std::lock_guard turn(database_.writing);
    put_row({key, value});
  }
  void write(std::span<const Row> rows) override {
    share_cache();
    const std::lock_guard turn(database_.writing);
    run(begin_writing_);
    for (const Row& row : rows) put_row(row);
    run(commit_);
  }
  void remove(std::string_view key) override {
    share_cache();
    const std::lock_guard turn(database_.writing);
    bind(remove_, 1, key);
    run(remove_);
  }
  bool get(std::string_view key, std::string& value) override {
    share_cache();
    bind(get_, 1, key);
    const bool found = step(get_);
    if (found) value.assign(column(get_, 0));
    sqlite3_reset(get_.get());
    return found;
  }
  std::size_t multi_get(std::span<const std::string_view> keys,
                        std::span<std::string> values) override {
    run(begin_);
    std::size_t found = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (get(keys[i], values[i])) ++found;
    }
    run(commit_);
    return found;
  }
  std::unique_ptr<PeerCursor> cursor() override {
    share_cache();
    std::unique_ptr<WalkStatements> walk;
    if (resting_.empty()) {
      walk = std::make_unique<WalkStatements>(*connection_);
    } else {
      walk = std::move(resting_.back());
      resting_.pop_back();
    }
    return std::make_unique<SqliteCursor>(std::move(walk), resting_);
  }

 private:
  void put_row(const Row& row) {
    bind(put_, 1, row.key);
    bind(put_, 2, row.value);
    run(put_);
  }

  // Each connection has a page cache of its own; together they have what one has for all.
  void share_cache() {
    const std::size_t sharing = database_.sessions.load(std::memory_order_relaxed);
    if (sharing == sharing_) return;
    sharing_ = sharing;
    const std::size_t bytes = database_.options.cache_memory_bytes / sharing;
    execute(*connection_, pragma("cache_size", std::max<std::size_t>(bytes / kPageBytes, 1)));
  }

  Database& database_;
  std::size_t sharing_ = 0;
  const Connection connection_;
  const Statement put_;
  const Statement remove_;
  const Statement get_;
  const Statement begin_;
  const Statement begin_writing_;
  const Statement commit_;
  Walks resting_;
};

class SqlitePeer final : public Peer {
 public:
  explicit SqlitePeer(const PeerOptions& options) {
    database_.options = options;
    std::filesystem::create_directories(options.directory);
    connection_ = connect(database_);
  }

  std::unique_ptr<PeerSession> session() override {
    return std::make_unique<SqliteSession>(database_);
  }
  void flush() override {
    const std::lock_guard turn(database_.writing);
    checkpoint();
  }
  void compact() override {
    const std::lock_guard turn(database_.writing);
    execute(*connection_, "VACUUM");
    checkpoint();
  }
  void settle() override {}  // No background work.

 private:
  void checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr,
                                               SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    check(connection_.get(), code == SQLITE_OK);
  }

  Database database_;
  Connection connection_;
};

std::unique_ptr<Peer> open(const PeerOptions& options) {
  // Counts every allocation under a lock, and nobody looks at it; SQLite's own advice. Refused, and
  // not needed, once it has been started.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  return std::make_unique<SqlitePeer>(options);
}

}  // namespace

const std::vector<PeerKind>& peer_kinds() {
  static const std::vector<PeerKind> kinds = {
      {.name = "sqlite",
       .version = sqlite3_libversion(),
       .remark = remark("its memory includes what it maps of its file"),
       .only_categories = {},
       .not_in_categories = {},
       .open = open}};
  return kinds;
}

}  // namespace quartz::bench
