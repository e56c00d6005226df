#include <algorithm>
#include <string>
#include <utility>

#include <rocksdb/iterator.h>

#include "base/check.hpp"
#include "storage/levels.hpp"
#include "storage/levels_state.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

struct LevelsIterator::State {
  State(std::shared_ptr<const LevelsSnapshot> at, const LevelsRange& range)
      : snapshot(std::move(at)),
        lower(range.lower_bound.value_or("")),
        upper(range.upper_bound.value_or("")),
        lower_slice(lower),
        upper_slice(upper),
        options(snapshot->read_options()) {
    options.fill_cache = range.fill_block_cache;
    if (range.lower_bound) options.iterate_lower_bound = &lower_slice;
    if (range.upper_bound) options.iterate_upper_bound = &upper_slice;
  }

  /// Before a seek: stands on the table of the run that holds the first row from `key` on, the last
  /// row of all, or the last one up to `key`. False if there is nothing to seek in.
  bool enter_for(std::string_view key) {
    return run == nullptr ? rows != nullptr
                          : enter(run->first_reaching(std::max<std::string_view>(key, lower)));
  }
  bool enter_for_last() {
    if (options.iterate_upper_bound != nullptr) return enter_for_previous(upper);
    return run == nullptr ? rows != nullptr : enter(run->table_count() - 1);
  }
  bool enter_for_previous(std::string_view key) {
    if (run == nullptr) return rows != nullptr;
    if (options.iterate_upper_bound != nullptr) key = std::min<std::string_view>(key, upper);
    return enter(run->last_starting(key));
  }
  /// Leaves a table that is at its end for the neighbours, until there is a row.
  void leave_table_forward() {
    while (!rows->Valid() && rows->status().ok() && table + 1 < run->table_count()) {
      if (options.iterate_upper_bound != nullptr && run->smallest_key(table + 1) >= upper) return;
      enter(table + 1);
      rows->SeekToFirst();
    }
  }
  void leave_table_backward() {
    while (!rows->Valid() && rows->status().ok() && table > 0) {
      if (run->largest_key(table - 1) < lower) return;
      enter(table - 1);
      rows->SeekToLast();
    }
  }

  /// False if there is no such table.
  bool enter(std::size_t wanted) {
    if (wanted >= run->table_count()) return false;
    if (rows == nullptr || table != wanted) {
      left = std::move(rows);
      rows = run->iterate(wanted, options);
    }
    table = wanted;
    return true;
  }

  // In this order, so that the iterator goes before its bounds, its tables and its database.
  std::shared_ptr<const LevelsSnapshot> snapshot;
  std::string lower;
  std::string upper;
  rocksdb::Slice lower_slice;  // RocksDB keeps their addresses.
  rocksdb::Slice upper_slice;
  rocksdb::ReadOptions options;
  /// If there is one, `rows` walks its tables one after the other, else all levels.
  std::shared_ptr<const SortedRun> run;
  std::size_t table = 0;
  /// The table before: what is sought may be a part of the row that was shown there.
  std::unique_ptr<rocksdb::Iterator> left;
  std::unique_ptr<rocksdb::Iterator> rows;  // Null: nothing to see, or an error.
  std::optional<Error> error;
};

LevelsIterator::LevelsIterator(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
LevelsIterator::LevelsIterator(LevelsIterator&&) noexcept = default;
LevelsIterator& LevelsIterator::operator=(LevelsIterator&&) noexcept = default;
LevelsIterator::~LevelsIterator() = default;

Result<LevelsIterator> Levels::iterate(KeyspaceId keyspace,
                                       std::shared_ptr<const LevelsSnapshot> at,
                                       const LevelsRange& range) const {
  QUARTZ_CHECK(at != nullptr);
  auto state = std::make_unique<LevelsIterator::State>(std::move(at), range);
  const LevelsFamily* family = find_family(state->snapshot->families(), keyspace);
  // RocksDB expects bounds in order.
  const bool empty =
      range.lower_bound && range.upper_bound && *range.upper_bound <= *range.lower_bound;
  if (family == nullptr || empty) return LevelsIterator(std::move(state));

  state->run = state->snapshot->sorted_run(*family);
  if (state->run != nullptr) return LevelsIterator(std::move(state));
  state->rows.reset(state->snapshot->db().NewIterator(state->options, family->handle));
  if (const rocksdb::Status status = state->rows->status(); !status.ok()) {
    return to_error(status, "iterating over the levels");
  }
  return LevelsIterator(std::move(state));
}

// Called after every move.
template <bool kForward>
void LevelsIterator::settle() {
  valid_ = state_->rows->Valid();
  if (!valid_) [[unlikely]] {
    settle_at_end<kForward>();
    if (!valid_) return;
  }
  key_ = to_view(state_->rows->key());
  value_ = to_view(state_->rows->value());
}

template <bool kForward>
void LevelsIterator::settle_at_end() {
  if (state_->run != nullptr) {
    kForward ? state_->leave_table_forward() : state_->leave_table_backward();
    valid_ = state_->rows->Valid();
  }
  if (const rocksdb::Status status = state_->rows->status(); !status.ok()) {
    state_->error = to_error(status, "iterating over the levels");
    // An iterator that met an error may forget range tombstones when it is moved again.
    state_->rows.reset();
    state_->run.reset();
  }
}

void LevelsIterator::seek_to_first() {
  if (!state_->enter_for(state_->lower)) return stand_nowhere();
  state_->rows->SeekToFirst();
  settle<true>();
}

void LevelsIterator::seek_to_last() {
  if (!state_->enter_for_last()) return stand_nowhere();
  state_->rows->SeekToLast();
  settle<false>();
}

void LevelsIterator::seek(std::string_view key) {
  if (!state_->enter_for(key)) return stand_nowhere();
  state_->rows->Seek(to_slice(key));
  settle<true>();
}

void LevelsIterator::seek_for_previous(std::string_view key) {
  if (!state_->enter_for_previous(key)) return stand_nowhere();
  state_->rows->SeekForPrev(to_slice(key));
  settle<false>();
}

void LevelsIterator::next() {
  QUARTZ_CHECK(valid_);
  state_->rows->Next();
  settle<true>();
}

void LevelsIterator::previous() {
  QUARTZ_CHECK(valid_);
  state_->rows->Prev();
  settle<false>();
}

std::optional<Error> LevelsIterator::error() const { return state_->error; }

}  // namespace quartz::storage
