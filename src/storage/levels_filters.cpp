#include "storage/levels_filters.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <rocksdb/metadata.h>

#include "storage/levels_options.hpp"

namespace quartz::storage {

namespace {

// A filter is of use only for the keyspace whose hashes it was built from.
KeyFilter filter_in(const rocksdb::TableProperties& properties, KeyspaceId keyspace) {
  const auto& ours = properties.user_collected_properties;
  const auto id = ours.find(std::string(kKeyspaceProperty));
  const auto bits = ours.find(std::string(kFilterProperty));
  if (id == ours.end() || bits == ours.end() || id->second != std::to_string(keyspace)) return {};
  return KeyFilter(bits->second);
}

}  // namespace

std::unique_ptr<LevelsFilters> LevelsFilters::capture(rocksdb::DB& db,
                                                      rocksdb::ColumnFamilyHandle* family,
                                                      KeyspaceId keyspace,
                                                      rocksdb::SequenceNumber at) {
  auto filters = std::make_unique<LevelsFilters>();
  filters->cover(at);
  rocksdb::ColumnFamilyMetaData metadata;
  db.GetColumnFamilyMetaData(family, &metadata);
  rocksdb::TablePropertiesCollection properties;
  // Without its properties a table may contain everything; that costs a look-up, no more.
  db.GetPropertiesOfAllTables(family, &properties).PermitUncheckedError();
  for (const rocksdb::LevelMetaData& level : metadata.levels) {
    Run run;
    for (const rocksdb::SstFileMetaData& file : level.files) {
      const auto found = properties.find(file.directory + "/" + file.relative_filename);
      Table table{.smallest = file.smallestkey,
                  .largest = file.largestkey,
                  .filter = {},
                  .properties = found == properties.end() ? nullptr : found->second};
      if (table.properties) table.filter = filter_in(*table.properties, keyspace);
      run.push_back(std::move(table));
      // Those of level 0 may overlap.
      if (level.level == 0) filters->runs_.push_back(std::exchange(run, {}));
    }
    if (!run.empty()) filters->runs_.push_back(std::move(run));
  }
  return filters;
}

bool LevelsFilters::may_contain(std::string_view key, std::uint64_t key_hash,
                                rocksdb::SequenceNumber at) const noexcept {
  if (at > covered_.load(std::memory_order_acquire)) return true;
  // Some at a time, so that their cache misses are under way at once.
  constexpr std::size_t kTablesAhead = 32;
  std::array<const Table*, kTablesAhead> tables;
  std::size_t count = 0;
  const auto any_may = [&] {
    return std::any_of(tables.begin(), tables.begin() + static_cast<std::ptrdiff_t>(count),
                       [&](const Table* table) { return table->filter.may_contain(key_hash); });
  };
  for (const Run& run : runs_) {
    auto table = std::lower_bound(
        run.begin(), run.end(), key,
        [](const Table& each, std::string_view wanted) { return each.largest < wanted; });
    // A key at the border of two tables may be in either: a range tombstone that was cut there ends
    // the first with a key that is the second's.
    for (; table != run.end() && table->smallest <= key; ++table) {
      if (count == kTablesAhead) {
        if (any_may()) return true;
        count = 0;
      }
      table->filter.prefetch(key_hash);
      tables[count++] = &*table;
    }
  }
  return any_may();
}

}  // namespace quartz::storage
