#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_point.hpp"

namespace quartz {

/// Rows by keyspace and key.
using StoredRows = std::map<std::pair<std::string, std::string>, std::string>;

/// The rows of every keyspace. A scan that ends on an error puts its message under the key
/// "(error)".
StoredRows all_rows(const StorageEngine& engine);

/// A closed database with something of everything in it: rows in tables of several levels, written
/// over and removed since, others in the log only, both of two keyspaces, and a collection whose
/// index is saved. It knows what is in it, so that a copy with damage can be compared.
class DamageSample {
 public:
  explicit DamageSample(std::filesystem::path directory);

  const std::filesystem::path& directory() const noexcept { return directory_; }
  const std::map<std::string, VectorPoint>& points() const noexcept { return points_; }

  /// Writes that are in the log only, one to a record. Each but the last is known to be durable by
  /// the record behind it.
  std::size_t log_writes() const noexcept { return log_writes_.size(); }
  /// What was there after so many of them.
  StoredRows rows_after(std::size_t log_writes) const;
  /// With all of them.
  const StoredRows& rows() const noexcept { return rows_; }

  /// Whether the row once held the value, in whatever keyspace if `keyspace` is none of its.
  bool ever_had(const std::string& keyspace, const std::string& key,
                const std::string& value) const;

  /// Lengths that the MANIFEST of the levels had before: cut to one of them, it is the older one
  /// that it was.
  const std::vector<std::uint64_t>& manifest_lengths() const noexcept { return manifest_lengths_; }

  /// What every value begins with that is in the log only.
  static constexpr std::string_view kLogOnly = "only in the log: ";

 private:
  void fill_tables(StorageEngine& engine);
  void fill_collection(StorageEngine& engine);
  void fill_log(StorageEngine& engine);
  void remember(const StorageEngine& engine);
  void note_manifest_length();

  std::filesystem::path directory_;
  std::vector<std::uint64_t> manifest_lengths_;
  std::map<std::string, VectorPoint> points_;
  StoredRows table_rows_;
  StoredRows rows_;
  std::vector<std::pair<StoredRows::key_type, std::string>> log_writes_;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> versions_;
};

}  // namespace quartz
