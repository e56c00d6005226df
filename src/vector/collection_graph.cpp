#include <algorithm>
#include <random>
#include <utility>

#include "base/epoch.hpp"
#include "base/try.hpp"
#include "vector/collection.hpp"

namespace quartz::vector {
namespace {

/// Random places that are looked at before all are gone through: most hold a point, unless most
/// points were just removed.
constexpr int kAttempts = 64;

std::vector<std::string> ids_linked_to(const IndexKeeper::View& view, Slot slot, unsigned level) {
  std::vector<std::string> ids;
  view.index->links().for_each(slot, level, [&](Slot neighbour) {
    const PointEntry* const entry = view.index->point(neighbour);
    if (entry != nullptr && entry->visible_at(view.at)) ids.emplace_back(entry->id());
  });
  return ids;
}

}  // namespace

Result<std::optional<std::vector<std::vector<std::string>>>> Collection::neighbours(
    std::string_view id) const {
  using Levels = std::vector<std::vector<std::string>>;
  QUARTZ_TRY(check_open());
  QUARTZ_TRY(check_id(id));
  const EpochGuard guard;
  const IndexKeeper::View view = keeper_.view();
  const PointEntry* const entry = view.index->find(id);
  if (entry == nullptr || !entry->visible_at(view.at)) return std::optional<Levels>();
  const Slot slot = entry->slots().front();
  Levels levels;
  if (!view.index->states().linked(slot)) {
    levels.emplace_back();
    return std::optional(std::move(levels));
  }
  for (unsigned level = view.index->links().level_of(slot) + 1; level-- > 0;) {
    levels.push_back(ids_linked_to(view, slot, level));
  }
  return std::optional(std::move(levels));
}

unsigned Collection::graph_level() const {
  const EpochGuard guard;
  return keeper_.view().index->links().entry().level;
}

// Points of many vectors are likelier than others.
std::optional<std::string> Collection::random_id() const {
  thread_local std::mt19937_64 random_bits{std::random_device{}()};
  const EpochGuard guard;
  const IndexKeeper::View view = keeper_.view();
  const std::size_t end = view.index->states().end();
  if (end == 0) return std::nullopt;
  std::uniform_int_distribution<std::size_t> any(0, end - 1);
  const auto visible_id = [&](std::size_t slot) -> std::optional<std::string> {
    const PointEntry* const entry = view.index->point(static_cast<Slot>(slot));
    if (entry == nullptr || !entry->visible_at(view.at)) return std::nullopt;
    return std::string(entry->id());
  };
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (auto id = visible_id(any(random_bits))) return id;
  }
  const std::size_t first = any(random_bits);
  for (std::size_t i = 0; i < end; ++i) {
    if (auto id = visible_id((first + i) % end)) return id;
  }
  return std::nullopt;
}

std::vector<std::string> Collection::random_ids(std::size_t count) const {
  thread_local std::mt19937_64 random_bits{std::random_device{}()};
  std::vector<std::string_view> ids;
  const EpochGuard guard;
  const IndexKeeper::View view = keeper_.view();
  for (std::size_t slot = 0; slot < view.index->states().end(); ++slot) {
    const PointEntry* const entry = view.index->point(static_cast<Slot>(slot));
    // Of a point of many vectors, the first one counts.
    if (entry == nullptr || !entry->visible_at(view.at) || entry->slots().front() != slot) continue;
    ids.push_back(entry->id());
  }
  std::ranges::shuffle(ids, random_bits);
  ids.resize(std::min(ids.size(), count));
  return {ids.begin(), ids.end()};
}

}  // namespace quartz::vector
