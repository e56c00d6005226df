#include "quartz/storage/cursor.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/epoch.hpp"
#include "base/try.hpp"
#include "storage/engine.hpp"
#include "storage/merge_iterator.hpp"

namespace quartz {
namespace storage {
namespace {

/// The first key past all that start with `prefix`; nothing if there is none (all bytes 0xFF).
std::optional<std::string> prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace

/// What a `Cursor` owns: everything that it reads, kept alive, and its place in it.
class CursorState {
 public:
  /// A cursor that was refused: it is never valid and says why.
  explicit CursorState(Error error) : error_(std::move(error)) {}

  CursorState(std::shared_ptr<Engine> engine, std::shared_ptr<const EngineView> view,
              Sequence sequence, const ScanOptions& options)
      : engine_(std::move(engine)), view_(std::move(view)), limit_(options.limit) {
    engine_->cursor_opened();
    set_bounds(options);
    sequence_ = sequence;
  }

  ~CursorState() {
    rows_.reset();
    view_.reset();
    if (engine_) engine_->cursor_closed();
  }
  CursorState(const CursorState&) = delete;
  CursorState& operator=(const CursorState&) = delete;

  /// Opens the sources; before the first seek.
  void start(const Levels& levels, const KeyspaceState& keyspace, bool fill_block_cache) {
    keyspace_name_ = keyspace.name;
    LevelsRange range;
    range.lower_bound = lower_;
    range.upper_bound = upper_;
    range.fill_block_cache = fill_block_cache;
    auto iterator = levels.iterate(keyspace.id, view_->levels, range);
    if (!iterator) return fail(std::move(iterator).error());
    // Warm memtables are left out: the levels of the same view hold their rows.
    std::vector<const Memtable*> memtables;
    const auto add = [&](const Memtable& memtable) {
      if (memtable.entry_count() > 0) memtables.push_back(&memtable);
    };
    add(*view_->active);
    for (std::size_t i = 0; i < view_->waiting_count; ++i) add(*view_->older[i]);
    rows_.emplace(memtables, *std::move(iterator), keyspace.id, sequence_,
                  MergeIterator::Tombstones::hide);
  }

  void seek_to_first() {
    if (!begin_seek()) return;
    lower_ ? rows_->seek(*lower_) : rows_->seek_to_first();
    settle<true>();
  }

  void seek_to_last() {
    if (!begin_seek()) return;
    if (upper_) {
      rows_->seek_for_previous(*upper_);
      // The bound itself is excluded.
      if (rows_->valid() && rows_->key() == *upper_) rows_->previous();
    } else {
      rows_->seek_to_last();
    }
    settle<false>();
  }

  void seek(std::string_view key) {
    if (lower_ && key < *lower_) return seek_to_first();
    if (!begin_seek()) return;
    rows_->seek(key);
    settle<true>();
  }

  void seek_for_previous(std::string_view key) {
    if (upper_ && key >= *upper_) return seek_to_last();
    if (!begin_seek()) return;
    rows_->seek_for_previous(key);
    settle<false>();
  }

  void next() {
    if (begin_step()) {
      rows_->next();
      settle<true>();
    }
  }

  void previous() {
    if (begin_step()) {
      rows_->previous();
      settle<false>();
    }
  }

  bool valid() const noexcept { return valid_; }
  std::string_view key() const noexcept { return rows_->key(); }
  std::string_view value() const noexcept { return row_.value; }
  const RowAttributes& attributes() const noexcept { return row_.attributes; }
  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  void set_bounds(const ScanOptions& options) {
    if (options.lower_bound) lower_.emplace(*options.lower_bound);
    if (options.upper_bound) upper_.emplace(*options.upper_bound);
    if (options.prefix.empty()) return;
    if (!lower_ || *lower_ < options.prefix) lower_.emplace(options.prefix);
    if (auto end = prefix_end(options.prefix); end && (!upper_ || *end < *upper_)) upper_ = end;
  }

  void fail(Error error) {
    valid_ = false;
    if (error.code() != Errc::closed) engine_->count_read_error(error);
    error_ = std::move(error);
  }

  bool usable() {
    valid_ = false;
    if (!rows_) return false;
    if (engine_->closed()) [[unlikely]] {
      error_ = engine_->closed_error();
      return false;
    }
    return true;
  }

  bool begin_seek() {
    steps_ = 0;
    if (!usable()) return false;
    error_.reset();
    return !lower_ || !upper_ || *lower_ < *upper_;
  }

  bool begin_step() {
    QUARTZ_CHECK(valid_);
    return usable() && (limit_ == 0 || ++steps_ < limit_);
  }

  // After a move: is the row that it led to one to show? What has expired is stepped over.
  template <bool kForward>
  void settle() {
    while (rows_->valid()) {
      if ((lower_ && rows_->key() < *lower_) || (upper_ && rows_->key() >= *upper_)) return;
      row_.attributes.expires_at.reset();
      if (!take_apart(rows_->value(), row_)) [[unlikely]]
        return fail(malformed_value(keyspace_name_, rows_->key()));
      if (!engine_->expired(row_.attributes)) [[likely]] {
        valid_ = true;
        return;
      }
      kForward ? rows_->next() : rows_->previous();
    }
    if (auto error = rows_->error()) fail(*std::move(error));
  }

  std::shared_ptr<Engine> engine_;  // Null if the cursor was refused.
  std::shared_ptr<const EngineView> view_;
  Sequence sequence_ = 0;
  std::optional<std::string> lower_;
  std::optional<std::string> upper_;
  std::size_t limit_ = 0;
  std::size_t steps_ = 0;              // Since the last seek.
  std::optional<MergeIterator> rows_;  // Empty if the cursor was refused.
  StoredValue row_;                    // That it stands on, while valid.
  std::string keyspace_name_;
  bool valid_ = false;
  std::optional<Error> error_;
};

Cursor Engine::cursor(const ScanOptions& options) {
  scans_.add();
  const auto refused = [](Error error) {
    return Cursor(std::make_unique<CursorState>(std::move(error)));
  };
  const KeyspaceState& keyspace = options.keyspace != nullptr
                                      ? options.keyspace->state()
                                      : keyspaces_->default_keyspace().state();
  const GatePass pass(gate_);
  if (!pass) return refused(closed_error());
  std::unique_ptr<CursorState> state;
  {
    const EpochGuard guard;
    if (auto readable = check_readable(keyspace, {.snapshot = options.snapshot}); !readable) {
      return refused(std::move(readable).error());
    }
    const ReadPoint at = read_point(options.snapshot);
    state = std::make_unique<CursorState>(shared_from_this(), at.view->shared_from_this(),
                                          at.sequence, options);
  }
  state->start(*levels_, keyspace, options.fill_block_cache);
  return Cursor(std::move(state));
}

}  // namespace storage

Cursor::Cursor(std::unique_ptr<storage::CursorState> state) : state_(std::move(state)) {}
Cursor::Cursor(Cursor&& other) noexcept
    : state_(std::move(other.state_)),
      valid_(std::exchange(other.valid_, false)),
      key_(other.key_),
      value_(other.value_) {}
Cursor& Cursor::operator=(Cursor&& other) noexcept {
  state_ = std::move(other.state_);
  valid_ = std::exchange(other.valid_, false);
  key_ = other.key_;
  value_ = other.value_;
  return *this;
}
Cursor::~Cursor() = default;

// Called after every move.
void Cursor::show() noexcept {
  valid_ = state_->valid();
  if (!valid_) return;
  key_ = state_->key();
  value_ = state_->value();
}

void Cursor::seek_to_first() {
  state_->seek_to_first();
  show();
}
void Cursor::seek_to_last() {
  state_->seek_to_last();
  show();
}
void Cursor::seek(std::string_view key) {
  state_->seek(key);
  show();
}
void Cursor::seek_for_previous(std::string_view key) {
  state_->seek_for_previous(key);
  show();
}
void Cursor::next() {
  state_->next();
  show();
}
void Cursor::previous() {
  state_->previous();
  show();
}
const RowAttributes& Cursor::attributes() const noexcept { return state_->attributes(); }
const std::optional<Error>& Cursor::error() const noexcept { return state_->error(); }

}  // namespace quartz
