#include <algorithm>
#include <limits>
#include <tkrzw_dbm.h>
#include <tkrzw_dbm_tree.h>
#include <utility>

#include "bench/peers/peer.hpp"
#include "bench/peers/remark.hpp"

namespace quartz::bench {
namespace {

using tkrzw::TreeDBM;

void check(const tkrzw::Status& status) {
  if (!status.IsOK()) require(false, "Tkrzw: " + std::string(status));
}

bool exists(const tkrzw::Status& status) {
  if (status == tkrzw::Status::NOT_FOUND_ERROR) return false;
  check(status);
  return true;
}

TreeDBM::TuningParameters tuning(const PeerOptions& options) {
  TreeDBM::TuningParameters tuning;
  // Pages in memory hold each row on its own, and pages are not full: about as much as a full page
  // in the file.
  constexpr std::size_t kPageBytes = TreeDBM::DEFAULT_MAX_PAGE_SIZE;
  const std::size_t pages = (options.write_memory_bytes + options.cache_memory_bytes) / kPageBytes;
  tuning.max_cached_pages = static_cast<std::int32_t>(
      std::min<std::size_t>(pages, std::numeric_limits<std::int32_t>::max()));
  // One for each page that there may be, as the manual advises.
  tuning.num_buckets =
      std::max<std::int64_t>(TreeDBM::DEFAULT_NUM_BUCKETS,
                             static_cast<std::int64_t>(2 * options.data_bytes_max / kPageBytes));
  switch (options.promise) {
    case Promise::none:
      break;  // Pages are written when the cache or its owner lets them go.
    case Promise::process:
      tuning.page_update_mode = TreeDBM::PAGE_UPDATE_WRITE;
      break;
    case Promise::disk:
      // The manual's mode for transactions: what was synchronised is never written over.
      tuning.update_mode = tkrzw::HashDBM::UPDATE_APPENDING;
      tuning.restore_mode = tkrzw::HashDBM::RESTORE_SYNC | tkrzw::HashDBM::RESTORE_WITH_HARDSYNC;
      break;
  }
  return tuning;
}

class TkrzwCursor final : public PeerCursor {
 public:
  explicit TkrzwCursor(std::unique_ptr<tkrzw::DBM::Iterator> rows) : rows_(std::move(rows)) {}

  void seek(std::string_view key) override { load(rows_->Jump(key)); }
  void seek_to_first() override { load(rows_->First()); }
  void seek_to_last() override { load(rows_->Last()); }
  bool valid() const override { return valid_; }
  void next() override { load(rows_->Next()); }
  void previous() override { load(rows_->Previous()); }
  std::string_view key() override { return key_; }
  std::string_view value() override { return value_; }

 private:
  // A row can be changed by others once the iterator has let go of its page, so it is copied.
  void load(const tkrzw::Status& moved) {
    valid_ = exists(moved) && exists(rows_->Get(&key_, &value_));
  }

  std::unique_ptr<tkrzw::DBM::Iterator> rows_;
  std::string key_;
  std::string value_;
  bool valid_ = false;
};

class TkrzwSession final : public PeerSession {
 public:
  TkrzwSession(TreeDBM& rows, bool sync) : rows_(rows), sync_(sync) {}

  void put(std::string_view key, std::string_view value) override {
    check(rows_.Set(key, value));
    keep_promise();
  }
  void write(std::span<const Row> rows) override {
    tkrzw::Status status;
    std::vector<tkrzw::DBM::RecordProcessorSet> puts;
    puts.reserve(rows.size());
    for (const Row& row : rows) puts.emplace_back(&status, row.value, true, nullptr);
    calls_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) calls_.emplace_back(rows[i].key, &puts[i]);
    check(rows_.ProcessMulti(calls_, true));
    check(status);
    keep_promise();
  }
  void remove(std::string_view key) override {
    exists(rows_.Remove(key));
    keep_promise();
  }
  bool get(std::string_view key, std::string& value) override {
    return exists(rows_.Get(key, &value));
  }
  std::size_t multi_get(std::span<const std::string_view> keys,
                        std::span<std::string> values) override {
    std::vector<tkrzw::Status> statuses(keys.size());
    std::vector<tkrzw::DBM::RecordProcessorGet> gets;
    gets.reserve(keys.size());
    calls_.clear();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      calls_.emplace_back(keys[i], &gets.emplace_back(&statuses[i], &values[i]));
    }
    check(rows_.ProcessMulti(calls_, false));
    return static_cast<std::size_t>(std::ranges::count_if(statuses, exists));
  }
  std::unique_ptr<PeerCursor> cursor() override {
    return std::make_unique<TkrzwCursor>(rows_.MakeIterator());
  }

 private:
  void keep_promise() {
    if (sync_) check(rows_.Synchronize(true));
  }

  TreeDBM& rows_;
  const bool sync_;
  // Of operations on several rows, kept for its memory.
  std::vector<std::pair<std::string_view, tkrzw::DBM::RecordProcessor*>> calls_;
};

class TkrzwPeer final : public Peer {
 public:
  explicit TkrzwPeer(const PeerOptions& options)
      : sync_(options.promise == Promise::disk), tuning_(tuning(options)) {
    std::filesystem::create_directories(options.directory);
    check(rows_.OpenAdvanced((options.directory / "rows.tkt").string(), true,
                             tkrzw::File::OPEN_DEFAULT, tuning_));
  }
  ~TkrzwPeer() override { check(rows_.Close()); }
  TkrzwPeer(const TkrzwPeer&) = delete;
  TkrzwPeer& operator=(const TkrzwPeer&) = delete;

  std::unique_ptr<PeerSession> session() override {
    return std::make_unique<TkrzwSession>(rows_, sync_);
  }
  void flush() override { check(rows_.Synchronize(sync_)); }
  void compact() override { check(rows_.RebuildAdvanced(tuning_, false, sync_)); }
  void settle() override {}  // No background work.

 private:
  const bool sync_;
  const TreeDBM::TuningParameters tuning_;
  TreeDBM rows_;
};

std::unique_ptr<Peer> open(const PeerOptions& options) {
  return std::make_unique<TkrzwPeer>(options);
}

}  // namespace

const std::vector<PeerKind>& peer_kinds() {
  static const std::vector<PeerKind> kinds = {
      {.name = "tkrzw",
       .version = tkrzw::PACKAGE_VERSION,
       .remark =
           remark("its memory includes what it maps of its file; a kill may leave half a batch"),
       .only_categories = {},
       // After reopening, its last row is that of the first page (1.0.25).
       .not_in_categories = {"full_scan_backward"},
       .open = open}};
  return kinds;
}

}  // namespace quartz::bench
