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

  // Called after every move. RocksDB's accessors are virtual; a merge asks for the key several
  // times a step, so it is fetched once.
  void settle() {
    valid = rows->Valid();
    if (valid) [[likely]] {
      key = to_view(rows->key());
      value = to_view(rows->value());
    } else if (const rocksdb::Status status = rows->status(); !status.ok()) {
      error = to_error(status, "iterating over the levels");
      // An iterator that met an error may forget range tombstones when it is moved again.
      rows.reset();
    }
  }

  // In this order, so that the iterator goes before its bounds and its database.
  std::shared_ptr<const LevelsSnapshot> snapshot;
  std::string lower;
  std::string upper;
  rocksdb::Slice lower_slice;  // RocksDB keeps their addresses.
  rocksdb::Slice upper_slice;
  std::unique_ptr<rocksdb::Iterator> rows;  // Null: nothing to see, or an error.
  bool valid = false;
  std::string_view key;
  std::string_view value;
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

void LevelsIterator::seek_to_first() {
  if (state_->rows == nullptr) return;
  state_->rows->SeekToFirst();
  state_->settle();
}

void LevelsIterator::seek_to_last() {
  if (state_->rows == nullptr) return;
  state_->rows->SeekToLast();
  state_->settle();
}

void LevelsIterator::seek(std::string_view key) {
  if (state_->rows == nullptr) return;
  state_->rows->Seek(to_slice(key));
  state_->settle();
}

void LevelsIterator::seek_for_previous(std::string_view key) {
  if (state_->rows == nullptr) return;
  state_->rows->SeekForPrev(to_slice(key));
  state_->settle();
}

void LevelsIterator::next() {
  QUARTZ_CHECK(state_->valid);
  state_->rows->Next();
  state_->settle();
}

void LevelsIterator::previous() {
  QUARTZ_CHECK(state_->valid);
  state_->rows->Prev();
  state_->settle();
}

bool LevelsIterator::valid() const noexcept { return state_->valid; }
std::string_view LevelsIterator::key() const noexcept { return state_->key; }
std::string_view LevelsIterator::value() const noexcept { return state_->value; }
std::optional<Error> LevelsIterator::error() const { return state_->error; }

}  // namespace quartz::storage
