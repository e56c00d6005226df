#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "crash/steps.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "support/rocksdb_files.hpp"
#include "support/simulated_disk.hpp"

namespace quartz {

/// The writes to a database in their order, and the rows after each of them. Rows of the collection
/// count as ones of a keyspace.
class PowerHistory {
 public:
  /// One write: each row's new value, or nothing where it was removed.
  using Write = std::map<std::pair<std::string, std::string>, std::optional<std::string>>;

  /// `write` is about to be made, or was.
  void add(Write write) { writes_.push_back(std::move(write)); }
  /// All so far must survive from now on.
  void settle() { durable_ = writes_.size(); }
  std::size_t writes() const noexcept { return writes_.size(); }
  std::size_t durable() const noexcept { return durable_; }
  WriterRows rows_after(std::size_t writes) const;
  /// How many writes, of those that had to survive or more, lead to `rows`; nothing if no number
  /// does.
  std::optional<std::size_t> prefix_of(const WriterRows& rows) const;
  /// Begins anew with these rows, which are on disk.
  void restart(WriterRows rows);

 private:
  WriterRows base_;
  std::vector<Write> writes_;
  std::size_t durable_ = 0;
};

/// A random history of a database on a simulated disk whose power is cut again and again. After
/// each cut the rows must be those after a prefix of the writes, with all that were promised to
/// survive; what differs is a test failure. The same seed makes the same writes, cuts and losses;
/// which call of which thread a cut meets may differ by a few.
class PowerRun {
 public:
  explicit PowerRun(std::uint64_t seed);
  ~PowerRun();

  /// Opens, compares, writes until the power is cut, `count` times or until something was wrong.
  void cuts(std::uint64_t count);
  std::uint64_t writes() const noexcept { return writes_; }

 private:
  struct Checkpoint {
    std::filesystem::path directory;
    WriterRows rows;
    bool acknowledged = false;
  };

  // False once there is no power.
  bool open();
  void close();
  void compare();
  void compare_checkpoints();
  WriterRows rows();
  // One operation; what it answers matters only while there is power.
  Result<void> operate();
  Result<void> write();
  Result<void> checkpoint();
  Result<void> restart();
  void check_snapshot();
  void add_change(WriteBatch& batch, PowerHistory::Write& change);

  const std::uint64_t seed_;
  Random random_;
  io::SimulatedDisk disk_;
  std::unique_ptr<rocksdb::Env> env_;
  StorageConfig config_;
  bool with_points_ = false;
  PowerHistory history_;
  std::vector<Checkpoint> checkpoints_;
  std::uint64_t next_checkpoint_ = 0;
  std::uint64_t writes_ = 0;
  bool was_opened_ = false;
  bool has_second_ = false;

  std::optional<StorageEngine> engine_;
  std::optional<Keyspace> second_;
  std::optional<VectorCollection> points_;
  std::optional<std::pair<Snapshot, WriterRows>> snapshot_;
};

}  // namespace quartz
