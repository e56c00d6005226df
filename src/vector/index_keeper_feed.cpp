#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "storage/stored_value.hpp"
#include "vector/index_keeper.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {
namespace {

using storage::OperationType;
using storage::OperationView;
using storage::Sequence;

std::string_view id_of(std::string_view key) noexcept { return key.substr(1); }

struct IdRange {
  std::string_view first;
  std::optional<std::string_view> last;
};

/// The ids whose keys are in [first, last).
IdRange id_range(std::string_view first, std::string_view last) noexcept {
  constexpr std::string_view kPoints(&kPointKeyPrefix, 1);
  const auto id_bound = [&](std::string_view key) -> std::optional<std::string_view> {
    if (key.starts_with(kPoints)) return id_of(key);
    if (key < kPoints) return std::string_view();
    return std::nullopt;
  };
  const auto id = id_bound(first);
  // Behind all points: nothing is in it.
  if (!id) return {{}, std::string_view()};
  return {*id, id_bound(last)};
}

}  // namespace

void IndexKeeper::appended(Sequence first_sequence, std::span<const std::byte> operations,
                           std::uint32_t count) noexcept {
  const std::byte* at = operations.data();
  bool changed = false;
  {
    MutexLock lock(feed_mutex_);
    for (std::uint32_t i = 0; i < count; ++i) {
      const OperationView operation(at);
      at += operation.bytes();
      if (operation.keyspace() != keyspace_.state().id) continue;
      changed = true;
      try {
        feed(operation, first_sequence + i);
      } catch (const std::bad_alloc&) {
        note_failure(Error(Errc::io_error, describe("no memory was left to index a point")));
      }
    }
    // Under the lock: whoever holds it sees writes whole.
    fed_sequence_ = first_sequence + count - 1;
  }
  if (changed) wake_linkers();
}

void IndexKeeper::feed(OperationView operation, Sequence sequence) {
  const std::string_view key = operation.key();
  changes_.fetch_add(1, std::memory_order_relaxed);
  if (operation.type() == OperationType::remove_range) {
    const IdRange ids = id_range(key, operation.value());
    for (const IndexPointer& index : fed_) index->remove_range(ids.first, ids.last, sequence);
    return;
  }
  if (!is_point_key(key)) return;
  if (operation.type() == OperationType::put)
    return feed_put(id_of(key), storage::value_without_trailer(operation.value()), sequence);
  for (const IndexPointer& index : fed_) index->remove(id_of(key), sequence);
}

void IndexKeeper::feed_put(std::string_view id, std::string_view value, Sequence sequence) {
  const auto point = reader_.read(id, value);
  for (const IndexPointer& index : fed_) {
    auto added = point ? index->add(*point, sequence) : Result<void>(point.error());
    if (added) continue;
    // What was there is not the point any more in either case.
    index->remove(id, sequence);
    if (added.error().code() == Errc::corruption || added.error().code() == Errc::unsupported) {
      ignored_.fetch_add(1, std::memory_order_relaxed);
    } else {
      note_failure(std::move(added).error());
    }
  }
}

void IndexKeeper::note_failure(Error error) {
  if (failure_) return;
  failure_ = std::move(error);
  failed_.store(true, std::memory_order_release);
}

}  // namespace quartz::vector
