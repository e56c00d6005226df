#include "storage/levels.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "storage/levels_options.hpp"
#include "storage/levels_state.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

namespace {

constexpr std::string_view kReading = "reading the levels";

// A row of a block, and what keeps the block there.
struct PinnedRow {
  std::shared_ptr<LevelsDatabase> database;  // Declared first: the block goes before its cache.
  rocksdb::PinnableSlice value;
};

PinnedValue pin(const std::shared_ptr<LevelsDatabase>& database, rocksdb::PinnableSlice&& value) {
  auto row = std::make_unique<PinnedRow>(PinnedRow{database, std::move(value)});
  const std::string_view view = to_view(row->value);
  return {view, row.release(), [](void* owner) noexcept { delete static_cast<PinnedRow*>(owner); }};
}

}  // namespace

Levels::Levels(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

Levels::~Levels() { state_->database->listener->detach(); }

void Levels::let_removals_happen() {
  state_->database->files->let_removals_happen();
  state_->database->environment.let_compactions_happen();
}

Sequence Levels::applied_sequence() const noexcept {
  return state_->applied.load(std::memory_order_acquire);
}

std::shared_ptr<const LevelsSnapshot> Levels::snapshot() { return state_->snapshot(); }

bool Levels::may_contain(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                         const LevelsSnapshot& at) noexcept {
  const LevelsFamily* family = find_family(at.families(), keyspace);
  if (family == nullptr) return false;
  const LevelsFilters* filters = family->filters.load(std::memory_order_acquire);
  return filters == nullptr || filters->may_contain(key, key_hash, at.sequence());
}

Result<std::optional<PinnedValue>> Levels::get(KeyspaceId keyspace, std::string_view key,
                                               const LevelsSnapshot& at) const {
  const LevelsFamily* family = find_family(at.families(), keyspace);
  if (family == nullptr) return std::optional<PinnedValue>();
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      at.db().Get(at.read_options(), family->handle, to_slice(key), &value);
  if (status.IsNotFound()) return std::optional<PinnedValue>();
  if (!status.ok()) return to_error(status, kReading);
  return std::optional<PinnedValue>(pin(at.database(), std::move(value)));
}

Result<bool> Levels::get_into(KeyspaceId keyspace, std::string_view key, const LevelsSnapshot& at,
                              std::string& value) const {
  const LevelsFamily* family = find_family(at.families(), keyspace);
  if (family == nullptr) return false;
  const rocksdb::Status status =
      at.db().Get(at.read_options(), family->handle, to_slice(key), &value);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return to_error(status, kReading);
  return true;
}

Result<std::vector<std::optional<PinnedValue>>> Levels::multi_get(
    KeyspaceId keyspace, std::span<const std::string_view> keys, const LevelsSnapshot& at) const {
  std::vector<std::optional<PinnedValue>> answers(keys.size());
  const LevelsFamily* family = find_family(at.families(), keyspace);
  if (family == nullptr || keys.empty()) return answers;

  // Neighbours in order share the work of finding their blocks.
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [keys](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const std::size_t index : order) slices.push_back(to_slice(keys[index]));
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  at.db().MultiGet(at.read_options(), family->handle, slices.size(), slices.data(), values.data(),
                   statuses.data(), /*sorted_input=*/true);
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return to_error(statuses[i], kReading);
    answers[order[i]] = pin(at.database(), std::move(values[i]));
  }
  return answers;
}

Result<void> Levels::verify_checksums() const {
  const rocksdb::Status status = state_->db().VerifyChecksum(rocksdb::ReadOptions());
  if (!status.ok()) return to_error(status, "verifying the levels");
  return {};
}

std::vector<KeyspaceStatistics> Levels::statistics() const {
  std::vector<KeyspaceStatistics> all;
  const auto families = state_->families();
  for (const auto& family : *families) {
    KeyspaceStatistics& keyspace = all.emplace_back();
    keyspace.name = family->keyspace.name;
    state_->db().GetIntProperty(family->handle, rocksdb::DB::Properties::kEstimateNumKeys,
                                &keyspace.estimated_keys);
    rocksdb::ColumnFamilyMetaData metadata;
    state_->db().GetColumnFamilyMetaData(family->handle, &metadata);
    for (const rocksdb::LevelMetaData& level : metadata.levels) {
      if (level.files.empty()) continue;
      keyspace.levels.push_back(
          {.level = level.level, .file_count = level.files.size(), .bytes = level.size});
    }
  }
  return all;
}

std::uint64_t Levels::block_cache_bytes() const {
  return state_->database->block_cache->GetUsage();
}

}  // namespace quartz::storage
