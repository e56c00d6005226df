#pragma once

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/levels.hpp"
#include "storage/levels_table_builder.hpp"
#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {

/// What one table file shall hold: a value, or nothing for a tombstone, by key.
using Rows = std::map<std::string, std::optional<std::string>>;
/// Ranges [first, second) that it removes.
using Ranges = std::vector<std::pair<std::string, std::string>>;

/// Levels in a scratch directory, and the short words that tests of them are told in.
class LevelsTest : public testing::Test {
 protected:
  LevelsTest() {
    std::filesystem::create_directories(ingest_directory());
    options.directory = directory();
    // Levels grow only when a test says so.
    options.start_compaction = false;
  }

  std::filesystem::path directory() const { return scratch / "levels"; }
  std::filesystem::path ingest_directory() const { return scratch / "ingest"; }

  void open() { levels = Levels::open(options).value(); }
  void reopen() {
    levels.reset();
    open();
  }

  /// A finished table, not yet ingested.
  TableFile table(KeyspaceId keyspace, const Rows& rows, const Ranges& ranges = {}) {
    const auto path = ingest_directory() / (std::to_string(++tables_built) + ".sst");
    TableBuilder builder = TableBuilder::create(path, keyspace).value();
    for (const auto& [first, last] : ranges) builder.remove_range(first, last).value();
    for (const auto& [key, value] : rows) {
      (value ? builder.put(key, *value) : builder.remove(key)).value();
    }
    return builder.finish().value();
  }

  /// Builds and ingests one table; every call advances the applied sequence by one.
  void ingest(const Rows& rows, const Ranges& ranges = {}, KeyspaceId keyspace = 0) {
    const std::vector<TableFile> files{table(keyspace, rows, ranges)};
    levels->ingest(files, levels->applied_sequence() + 1).value();
  }

  /// The value, or "(none)", or the error.
  std::string get(std::string_view key, KeyspaceId keyspace = 0) {
    return get_at(*levels->snapshot(), key, keyspace);
  }
  std::string get_at(const LevelsSnapshot& at, std::string_view key, KeyspaceId keyspace = 0) {
    auto answer = levels->get(keyspace, key, at);
    if (!answer) return answer.error().to_string();
    return answer->has_value() ? std::string((*answer)->view()) : "(none)";
  }

  LevelsIterator iterate(const LevelsRange& range = {}, KeyspaceId keyspace = 0) {
    return levels->iterate(keyspace, levels->snapshot(), range).value();
  }
  /// "a=1 b=2 ", forward or backward.
  std::string scan(const LevelsRange& range = {}, KeyspaceId keyspace = 0) {
    return forward(iterate(range, keyspace));
  }
  static std::string forward(LevelsIterator rows) {
    std::string text;
    for (rows.seek_to_first(); rows.valid(); rows.next()) append(text, rows);
    return finished(std::move(text), rows);
  }
  static std::string backward(LevelsIterator rows) {
    std::string text;
    for (rows.seek_to_last(); rows.valid(); rows.previous()) append(text, rows);
    return finished(std::move(text), rows);
  }

  std::uint64_t files_at(int level, std::string_view keyspace = "default") {
    for (const KeyspaceStatistics& each : levels->statistics()) {
      if (each.name != keyspace) continue;
      for (const LevelStatistics& of : each.levels) {
        if (of.level == level) return of.file_count;
      }
    }
    return 0;
  }
  /// The table files of the levels, by size.
  std::vector<std::filesystem::path> table_files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      if (entry.path().extension() == ".sst") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
      return std::filesystem::file_size(a) < std::filesystem::file_size(b);
    });
    return files;
  }

  ScratchDirectory scratch;
  LevelsOptions options;
  std::unique_ptr<Levels> levels;
  int tables_built = 0;

 private:
  static void append(std::string& text, const LevelsIterator& row) {
    text.append(row.key()).append("=").append(row.value()).append(" ");
  }
  static std::string finished(std::string text, const LevelsIterator& rows) {
    if (const auto error = rows.error()) text.append(error->to_string());
    return text;
  }
};

/// `count` rows "key000000" and so on, each value `value_bytes` long and telling its key.
inline Rows numbered_rows(int count, std::size_t value_bytes = 100) {
  Rows rows;
  for (int i = 0; i < count; ++i) {
    const std::string digits = std::to_string(i);
    const std::string key = "key" + std::string(6 - digits.size(), '0') + digits;
    std::string value = key;
    while (value.size() < value_bytes) value += "." + key;
    value.resize(value_bytes);
    rows[key] = value;
  }
  return rows;
}

}  // namespace quartz::storage
