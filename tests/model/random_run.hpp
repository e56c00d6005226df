#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/hand_clock.hpp"
#include "support/rocksdb_oracle.hpp"

namespace quartz {

/// A random history of operations on an engine and, step by step, on a model of it: a `std::map`
/// per keyspace. Everything that the engine answers is compared with the model; what differs is a
/// test failure that names the step. The same seed makes the same history.
class RandomRun {
 public:
  RandomRun(std::filesystem::path directory, StorageConfig config, std::uint64_t seed);

  /// Every write goes to this one, too, which must be empty and outlive the run.
  void compare_with(RocksdbOracle* oracle) { oracle_ = oracle; }
  /// From now on some rows expire, by a clock that is moved on, and set forward and back, between
  /// the operations. Not together with an oracle.
  void let_rows_expire() { rows_expire_ = true; }
  /// Does so many operations, or fewer if one was wrong.
  void operations(std::uint64_t count);

 private:
  using Operation = RocksdbOracle::Operation;
  using Model = std::map<std::string, std::string>;
  struct HeldSnapshot {
    Snapshot snapshot;
    std::map<std::string, Model> models;  // As they were.
  };

  void step();
  // Writing.
  void write_one();
  void write_batch();
  void write(const WriteBatch& batch);
  void put(WriteBatch* batch, const std::string& name);
  void remove(WriteBatch* batch, const std::string& name);
  void remove_range(WriteBatch* batch, const std::string& name);
  // Reading.
  void get_one();
  void get_several();
  void scan();
  void walk();
  void compare_all();
  void compare_keyspace(const std::string& name, const Model& model, const Snapshot* snapshot);
  // Around them.
  void take_snapshot();
  void drop_snapshot();
  void read_snapshot();
  void maintain();
  void change_keyspaces();
  void reopen();
  void open();
  void pass_time();

  std::string some_keyspace();
  Keyspace handle(const std::string& name) { return engine_->keyspace(name).value(); }
  std::string some_key();
  std::string some_value();
  /// Random bounds, prefix, limit and direction; the rows of `model` that they select.
  ScanOptions some_options(const Model& model, std::vector<std::pair<std::string, std::string>>*);

  const std::filesystem::path directory_;
  const StorageConfig config_;
  Random random_;
  RocksdbOracle* oracle_ = nullptr;
  bool rows_expire_ = false;
  HandClock time_;
  std::optional<StorageEngine> engine_;
  std::map<std::string, Model> models_;  // By the keyspace's name.
  std::vector<HeldSnapshot> snapshots_;
  std::vector<Operation> for_oracle_;  // Of the write that is being put together.
  std::uint64_t steps_ = 0;
  // The bounds of a scan point into these.
  std::string prefix_;
  std::string lower_;
  std::string upper_;
};

}  // namespace quartz
