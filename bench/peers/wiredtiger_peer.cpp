#include <algorithm>
#include <utility>
#include <wiredtiger.h>

#include "bench/peers/peer.hpp"
#include "bench/peers/poll.hpp"
#include "bench/peers/remark.hpp"
#include "bench/peers/wiredtiger_handles.hpp"

namespace quartz::bench {
namespace {

std::string log_config(const PeerOptions& options) {
  switch (options.promise) {
    case Promise::none:
      return ",log=(enabled=false)";
    case Promise::process:
      // Without this, a commit stays in a buffer of the process; "none" means that it is handed to
      // the system and not synced.
      return ",log=(enabled=true),transaction_sync=(enabled=true,method=none)";
    case Promise::disk:
      return ",log=(enabled=true),transaction_sync=(enabled=true,method=fsync)";
  }
  return {};
}

// Eviction begins to write dirty pages at half of their share.
std::size_t dirty_target_bytes(const PeerOptions& options) {
  return options.write_memory_bytes / 2;
}

// There is one cache, for pages to be read and pages to be written; that the latter keep to their
// share is what the eviction is told. The rest is how MongoDB, whose engine this is, opens it, with
// as many threads as the machine of a small database has to spare.
std::string connection_config(const PeerOptions& options) {
  std::string config = "create,session_max=1000,statistics=(fast),eviction=(threads_max=2)";
  const auto add_bytes = [&](const char* name, std::size_t bytes) {
    config += "," + std::string(name) + "=" + std::to_string(bytes);
  };
  add_bytes("cache_size", options.write_memory_bytes + options.cache_memory_bytes);
  add_bytes("eviction_dirty_trigger", options.write_memory_bytes);
  add_bytes("eviction_dirty_target", dirty_target_bytes(options));
  config += log_config(options);
  // A checkpoint ends what recovery reads of the log.
  if (!options.keep_in_log) config += ",checkpoint=(wait=60)";
  return config;
}

class WiredtigerCursor final : public PeerCursor {
 public:
  explicit WiredtigerCursor(OpenCursor cursor) : cursor_(std::move(cursor)) {}

  void seek(std::string_view key) override {
    if (key.empty()) return seek_to_first();  // An empty key is an error to WiredTiger.
    set_key(*cursor_, key);
    int compared = 0;
    land(exists(cursor_->search_near(cursor_.get(), &compared)));
    if (valid_ && compared < 0) next();
  }
  void seek_to_first() override {
    check(cursor_->reset(cursor_.get()));
    next();
  }
  void seek_to_last() override {
    check(cursor_->reset(cursor_.get()));
    previous();
  }
  bool valid() const override { return valid_; }
  void next() override { land(exists(cursor_->next(cursor_.get()))); }
  void previous() override { land(exists(cursor_->prev(cursor_.get()))); }
  std::string_view key() override {
    WT_ITEM key{};
    check(cursor_->get_key(cursor_.get(), &key));
    return view(key);
  }
  std::string_view value() override { return value_at(*cursor_); }

 private:
  void land(bool found) { valid_ = found; }

  OpenCursor cursor_;
  bool valid_ = false;
};

class WiredtigerSession final : public PeerSession {
 public:
  explicit WiredtigerSession(WT_CONNECTION& connection)
      : session_(open_session(connection)), rows_(open_cursor(*session_)) {}

  void put(std::string_view key, std::string_view value) override { check(insert({key, value})); }
  void write(std::span<const Row> rows) override {
    while (!try_write(rows)) continue;
  }
  void remove(std::string_view key) override {
    set_key(*rows_, key);
    exists(rows_->remove(rows_.get()));
    check(rows_->reset(rows_.get()));
  }
  bool get(std::string_view key, std::string& value) override {
    set_key(*rows_, key);
    const bool found = exists(rows_->search(rows_.get()));
    if (found) value.assign(value_at(*rows_));
    // A cursor that stays where it is keeps its page in the cache.
    check(rows_->reset(rows_.get()));
    return found;
  }
  std::size_t multi_get(std::span<const std::string_view> keys,
                        std::span<std::string> values) override {
    check(session_->begin_transaction(session_.get(), "isolation=snapshot"));
    std::size_t found = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (get(keys[i], values[i])) ++found;
    }
    check(session_->commit_transaction(session_.get(), nullptr));
    return found;
  }
  std::unique_ptr<PeerCursor> cursor() override {
    return std::make_unique<WiredtigerCursor>(open_cursor(*session_));
  }

 private:
  // Single operations are transactions of their own, which the engine itself repeats if they meet
  // another one.
  int insert(const Row& row) {
    set_key(*rows_, row.key);
    const WT_ITEM value = item(row.value);
    rows_->set_value(rows_.get(), &value);
    return rows_->insert(rows_.get());
  }

  // False if another transaction was writing the same rows.
  bool try_write(std::span<const Row> rows) {
    check(session_->begin_transaction(session_.get(), "isolation=snapshot"));
    for (const Row& row : rows) {
      const int code = insert(row);
      if (code == WT_ROLLBACK) {
        check(session_->rollback_transaction(session_.get(), nullptr));
        return false;
      }
      check(code);
    }
    check(session_->commit_transaction(session_.get(), nullptr));
    return true;
  }

  const Session session_;
  const OpenCursor rows_;
};

class WiredtigerPeer final : public Peer {
 public:
  explicit WiredtigerPeer(const PeerOptions& options)
      : dirty_target_bytes_(dirty_target_bytes(options)) {
    std::filesystem::create_directories(options.directory);
    WT_CONNECTION* connection = nullptr;
    check(wiredtiger_open(options.directory.c_str(), nullptr, connection_config(options).c_str(),
                          &connection));
    connection_.reset(connection);
    session_ = open_session(*connection);
    // "u" are raw bytes. Nothing is compressed unless asked for.
    check(session_->create(session_.get(), kTable, "key_format=u,value_format=u"));
  }

  std::unique_ptr<PeerSession> session() override {
    return std::make_unique<WiredtigerSession>(*connection_);
  }
  void flush() override { check(session_->checkpoint(session_.get(), nullptr)); }
  void compact() override {
    flush();
    check(session_->compact(session_.get(), kTable, "timeout=0"));
    flush();
  }
  // Above its target the eviction is at work. It may stop a little above, so it has come to rest
  // too when nothing has become less for a while.
  void settle() override {
    constexpr std::chrono::milliseconds kWhile(50);
    wait_until([&] { return statistic(WT_STAT_CONN_TXN_CHECKPOINT_RUNNING) == 0; });
    std::size_t before = 0;
    std::size_t dirty = statistic(WT_STAT_CONN_CACHE_BYTES_DIRTY);
    do {
      if (dirty <= dirty_target_bytes_) return;
      std::this_thread::sleep_for(kWhile);
      before = std::exchange(dirty, statistic(WT_STAT_CONN_CACHE_BYTES_DIRTY));
    } while (dirty < before);
  }

 private:
  std::size_t statistic(int which) {
    const OpenCursor cursor = open_cursor(*session_, "statistics:");
    cursor->set_key(cursor.get(), which);
    check(cursor->search(cursor.get()));
    const char* name = nullptr;
    const char* text = nullptr;
    std::int64_t value = 0;
    check(cursor->get_value(cursor.get(), &name, &text, &value));
    return static_cast<std::size_t>(value);
  }

  const std::size_t dirty_target_bytes_;
  Connection connection_;
  Session session_;
};

std::unique_ptr<Peer> open(const PeerOptions& options) {
  return std::make_unique<WiredtigerPeer>(options);
}

std::string linked_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  wiredtiger_version(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace

const std::vector<PeerKind>& peer_kinds() {
  static const std::vector<PeerKind> kinds = {{.name = "wiredtiger",
                                               .version = linked_version(),
                                               .remark = remark(),
                                               .only_categories = {},
                                               .not_in_categories = {},
                                               .open = open}};
  return kinds;
}

}  // namespace quartz::bench
