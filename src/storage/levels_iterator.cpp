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
        upper_slice(upper) {}

  // In this order, so that the iterator goes before its bounds and its database.
  std::shared_ptr<const LevelsSnapshot> snapshot;
  std::string lower;
  std::string upper;
  rocksdb::Slice lower_slice;  // RocksDB keeps their addresses.
  rocksdb::Slice upper_slice;
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

  rocksdb::ReadOptions options = state->snapshot->read_options();
  options.fill_cache = range.fill_block_cache;
  if (range.lower_bound) options.iterate_lower_bound = &state->lower_slice;
  if (range.upper_bound) options.iterate_upper_bound = &state->upper_slice;
  state->rows.reset(state->snapshot->db().NewIterator(options, family->handle));
  if (const rocksdb::Status status = state->rows->status(); !status.ok()) {
    return to_error(status, "iterating over the levels");
  }
  return LevelsIterator(std::move(state));
}

// Called after every move.
void LevelsIterator::settle() {
  rocksdb::Iterator& rows = *state_->rows;
  valid_ = rows.Valid();
  if (valid_) [[likely]] {
    key_ = to_view(rows.key());
    value_ = to_view(rows.value());
  } else if (const rocksdb::Status status = rows.status(); !status.ok()) {
    state_->error = to_error(status, "iterating over the levels");
    // An iterator that met an error may forget range tombstones when it is moved again.
    state_->rows.reset();
  }
}

void LevelsIterator::seek_to_first() {
  if (state_->rows == nullptr) return;
  state_->rows->SeekToFirst();
  settle();
}

void LevelsIterator::seek_to_last() {
  if (state_->rows == nullptr) return;
  state_->rows->SeekToLast();
  settle();
}

void LevelsIterator::seek(std::string_view key) {
  if (state_->rows == nullptr) return;
  state_->rows->Seek(to_slice(key));
  settle();
}

void LevelsIterator::seek_for_previous(std::string_view key) {
  if (state_->rows == nullptr) return;
  state_->rows->SeekForPrev(to_slice(key));
  settle();
}

void LevelsIterator::next() {
  QUARTZ_CHECK(valid_);
  state_->rows->Next();
  settle();
}

void LevelsIterator::previous() {
  QUARTZ_CHECK(valid_);
  state_->rows->Prev();
  settle();
}

std::optional<Error> LevelsIterator::error() const { return state_->error; }

}  // namespace quartz::storage
