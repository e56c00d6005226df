#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quartz {

/// What the storage engine does, done by plain RocksDB with its own log: random workloads are run
/// against both, and must agree. Any failure ends the process, since an oracle must not err.
/// Threads: one at a time.
class RocksdbOracle {
 public:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  /// One operation of a batch.
  struct Operation {
    enum class Type : std::uint8_t { put, remove, remove_range };
    Type type = Type::put;
    std::string keyspace = "default";
    std::string key;
    std::string value;  // Of a range: its end, excluded.
  };

  class Snapshot;

  explicit RocksdbOracle(std::filesystem::path directory);
  ~RocksdbOracle();
  RocksdbOracle(const RocksdbOracle&) = delete;
  RocksdbOracle& operator=(const RocksdbOracle&) = delete;

  /// Closes and opens again. No snapshot may be alive.
  void reopen();

  void create_keyspace(const std::string& name);
  void drop_keyspace(const std::string& name);
  /// Sorted by name.
  std::vector<std::string> keyspaces() const;

  void put(std::string_view key, std::string_view value, const std::string& keyspace = "default");
  void remove(std::string_view key, const std::string& keyspace = "default");
  /// Nothing if `last` <= `first`.
  void remove_range(std::string_view first, std::string_view last,
                    const std::string& keyspace = "default");
  /// All of them at once, in order.
  void write(const std::vector<Operation>& operations);

  /// Must not outlive the oracle.
  std::unique_ptr<const Snapshot> snapshot() const;

  /// Null: the newest state.
  std::optional<std::string> get(std::string_view key, const std::string& keyspace = "default",
                                 const Snapshot* at = nullptr) const;
  /// The rows in [first, last); an empty `last`: to the end.
  Rows scan(const std::string& keyspace = "default", const Snapshot* at = nullptr,
            bool reverse = false, std::string_view first = {}, std::string_view last = {}) const;

 private:
  struct Database;
  std::filesystem::path directory_;
  std::unique_ptr<Database> database_;
};

class RocksdbOracle::Snapshot {
 public:
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  friend class RocksdbOracle;
  Snapshot(Database& database, const void* taken) : database_(database), taken_(taken) {}
  Database& database_;
  const void* taken_;  // A rocksdb::Snapshot; its headers stay out of the tests.
};

}  // namespace quartz
