#include "crash/power_run.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/try.hpp"
#include "storage/engine.hpp"
#include "support/result_matchers.hpp"
#include "support/rocksdb_files.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

constexpr const char* kDirectory = "/data/db";
constexpr std::string_view kCollection = "points";
constexpr std::uint64_t kKeysMax = 60;
constexpr std::uint64_t kOperationsMax = 120;

VectorCollectionConfig points_config() { return {.dimensions = 2, .metric = Metric::l2}; }

std::string text_of(const VectorPoint& point) {
  return fmt::format("{} {}", fmt::join(point.vectors.front(), " "), point.payload);
}

void apply(const PowerHistory::Write& write, WriterRows& rows) {
  for (const auto& [key, value] : write) {
    if (value) {
      rows[key] = *value;
    } else {
      rows.erase(key);
    }
  }
}

void add_rows(WriterRows& all, std::string_view keyspace, const Rows& rows) {
  for (const auto& [key, value] : rows) all[{std::string(keyspace), key}] = value;
}

// The first row that differs, for the message.
std::string difference(const WriterRows& found, const WriterRows& expected) {
  const auto text = [](const WriterRows& rows, const auto& key) {
    const auto row = rows.find(key);
    return row == rows.end() ? "none" : row->second.substr(0, 20);
  };
  WriterRows both = found;
  both.insert(expected.begin(), expected.end());
  for (const auto& [key, value] : both) {
    if (text(found, key) != text(expected, key)) {
      return fmt::format("{}/{}: found {}, expected {}", key.first, key.second, text(found, key),
                         text(expected, key));
    }
  }
  return "no row";
}

}  // namespace

WriterRows PowerHistory::rows_after(std::size_t writes) const {
  WriterRows rows = base_;
  for (std::size_t i = 0; i < writes; ++i) apply(writes_[i], rows);
  return rows;
}

std::optional<std::size_t> PowerHistory::prefix_of(const WriterRows& rows) const {
  WriterRows expected = rows_after(durable_);
  for (std::size_t length = durable_;; ++length) {
    if (expected == rows) return length;
    if (length == writes_.size()) return std::nullopt;
    apply(writes_[length], expected);
  }
}

void PowerHistory::restart(WriterRows rows) {
  base_ = std::move(rows);
  writes_.clear();
  durable_ = 0;
}

PowerRun::PowerRun(std::uint64_t seed)
    : seed_(seed),
      random_(seed),
      disk_(random_.next()),
      env_(rocksdb_env_over(disk_)),
      config_(small_config()) {
  config_.log_medium = random_.one_in(3) ? LogMedium::file : LogMedium::mapped;
  config_.memtable_bytes = config_.segment_bytes * (3 + random_.below(6));
  config_.compaction_threshold = 2;
  config_.level0_files_max = 6;
  with_points_ = random_.one_in(4);
}

PowerRun::~PowerRun() { close(); }

void PowerRun::close() {
  snapshot_.reset();
  points_.reset();
  second_.reset();
  engine_.reset();
}

void PowerRun::cuts(std::uint64_t count) {
  for (std::uint64_t i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(fmt::format("cut {}", i));
    // How far the last one came must not change this one.
    random_ = Random(hash_key(std::to_string(i), seed_));
    // Some are met while opening, which takes about a hundred calls.
    const std::uint64_t nth = 1 + random_.below(random_.one_in(4) ? 200 : 1500);
    disk_.cut_power_at(nth, io::PowerCut::random(random_.next()));
    if (open()) {
      const std::uint64_t operations = random_.below(kOperationsMax);
      for (std::uint64_t done = 0; done < operations && disk_.has_power(); ++done) {
        const auto outcome = operate();
        if (!disk_.has_power() || ::testing::Test::HasFailure()) break;
        ASSERT_THAT(outcome, Succeeds());
      }
    }
    // The cut that has not come yet comes now.
    disk_.cut_power(io::PowerCut::random(random_.next()));
    close();
    disk_.restore_power();
    if (::testing::Test::HasFailure()) return;
    ASSERT_TRUE(open());
    compare();
    compare_checkpoints();
    close();
  }
}

bool PowerRun::open() {
  StorageConfig config = config_;
  // What was opened once is there for good.
  if (was_opened_) config.create_if_missing = false;
  auto opened =
      storage::Engine::open(kDirectory, config, disk_, storage::TimeSource::system(), env_.get());
  if (!disk_.has_power()) return false;
  EXPECT_THAT(opened, Succeeds());
  if (!opened) return false;
  engine_.emplace(*std::move(opened));
  was_opened_ = true;
  auto second =
      has_second_ ? engine_->keyspace(kSecondKeyspace) : engine_->create_keyspace(kSecondKeyspace);
  if (!second && second.error().code() == Errc::already_exists) {
    second = engine_->keyspace(kSecondKeyspace);
  }
  if (!disk_.has_power()) return false;
  EXPECT_THAT(second, Succeeds());
  if (!second) return false;
  second_.emplace(*second);
  has_second_ = true;
  if (!with_points_) return true;
  auto points = VectorCollection::open(*engine_, kCollection, points_config());
  if (!disk_.has_power()) return false;
  EXPECT_THAT(points, Succeeds());
  if (!points) return false;
  points_.emplace(*std::move(points));
  return true;
}

WriterRows PowerRun::rows() {
  WriterRows all;
  add_rows(all, "default", rows_of(*engine_));
  add_rows(all, kSecondKeyspace, rows_of(*engine_, {.keyspace = &*second_}));
  if (!points_) return all;
  const auto points = points_->scroll({.limit = kKeysMax + 1});
  EXPECT_THAT(points, Succeeds());
  if (!points) return all;
  for (const VectorPoint& point : *points) {
    all[{std::string(kCollection), point.id}] = text_of(point);
  }
  return all;
}

void PowerRun::compare() {
  WriterRows found = rows();
  const auto prefix = history_.prefix_of(found);
  ASSERT_TRUE(prefix) << "no prefix of the " << history_.writes() << " writes, of which "
                      << history_.durable() << " had to survive, has led to what was found; after "
                      << "these: " << difference(found, history_.rows_after(history_.durable()))
                      << "; after all: "
                      << difference(found, history_.rows_after(history_.writes()));
  for (const auto& [key, value] : found) {
    if (key.first != "default") continue;
    ASSERT_EQ(read(*engine_, key.second), value);
  }
  history_.restart(std::move(found));
}

void PowerRun::compare_checkpoints() {
  for (const Checkpoint& one : checkpoints_) {
    const auto exists = disk_.exists(one.directory);
    ASSERT_THAT(exists, Succeeds());
    ASSERT_TRUE(*exists || !one.acknowledged) << one.directory;
    if (!*exists) continue;
    auto opened = storage::Engine::open(one.directory, config_, disk_,
                                        storage::TimeSource::system(), env_.get());
    ASSERT_THAT(opened, Succeeds()) << one.directory;
    const StorageEngine engine(*std::move(opened));
    const auto second = engine.keyspace(kSecondKeyspace);
    ASSERT_THAT(second, Succeeds());
    WriterRows found;
    add_rows(found, "default", rows_of(engine));
    add_rows(found, kSecondKeyspace, rows_of(engine, {.keyspace = &*second}));
    WriterRows expected = one.rows;
    std::erase_if(expected, [](const auto& row) { return row.first.first == kCollection; });
    ASSERT_TRUE(found == expected) << one.directory << ": " << difference(found, expected);
  }
  for (const Checkpoint& one : checkpoints_) {
    ASSERT_THAT(disk_.remove_directory(one.directory), Succeeds());
  }
  checkpoints_.clear();
}

Result<void> PowerRun::operate() {
  const std::uint64_t choice = random_.below(1000);
  if (choice < 900) return write();
  if (choice < 930) {
    QUARTZ_TRY(engine_->sync());
    history_.settle();
    return {};
  }
  if (choice < 955) {
    QUARTZ_TRY(engine_->flush());
    history_.settle();
    return {};
  }
  if (choice < 965) {
    QUARTZ_TRY(engine_->compact_range({}, {}, random_.one_in(2) ? &*second_ : nullptr));
    return {};
  }
  if (choice < 975) return checkpoint();
  if (choice < 985) return restart();
  check_snapshot();
  return {};
}

void PowerRun::add_change(WriteBatch& batch, PowerHistory::Write& change) {
  const std::string key = numbered_key(random_.below(kKeysMax));
  const bool removes = random_.one_in(4);
  if (points_ && random_.one_in(3)) {
    if (removes) {
      batch.remove(*points_, key);
      change[{std::string(kCollection), key}] = std::nullopt;
      return;
    }
    const VectorPoint point{
        .id = key,
        .vectors = {{static_cast<float>(writes_), static_cast<float>(random_.below(100))}},
        .payload = random_.one_in(2) ? std::string() : fmt::format(R"({{"n": {}}})", writes_)};
    batch.upsert(*points_, point);
    change[{std::string(kCollection), key}] = text_of(point);
    return;
  }
  const bool second = random_.one_in(3);
  const Keyspace keyspace = second ? *second_ : engine_->default_keyspace();
  auto& row = change[{second ? std::string(kSecondKeyspace) : "default", key}];
  if (removes) {
    batch.remove(keyspace, key);
    row = std::nullopt;
    return;
  }
  std::string value = fmt::format("{}:", writes_);
  value.resize(value.size() + random_.below(random_.one_in(10) ? 12000 : 600),
               static_cast<char>('a' + random_.below(26)));
  batch.put(keyspace, key, value);
  row = std::move(value);
}

Result<void> PowerRun::write() {
  WriteBatch batch;
  PowerHistory::Write change;
  ++writes_;
  for (std::uint64_t i = random_.one_in(3) ? 1 + random_.below(8) : 1; i > 0; --i) {
    add_change(batch, change);
  }
  history_.add(std::move(change));
  const auto durability = random_.one_in(4) ? Durability::disk : Durability::process;
  QUARTZ_TRY(engine_->write(batch, {.durability = durability}));
  if (durability == Durability::disk) history_.settle();
  return {};
}

Result<void> PowerRun::checkpoint() {
  Checkpoint& one = checkpoints_.emplace_back();
  one.directory = fmt::format("/data/checkpoint{}", next_checkpoint_++);
  one.rows = history_.rows_after(history_.writes());
  QUARTZ_TRY(engine_->checkpoint(one.directory));
  one.acknowledged = true;
  history_.settle();
  return {};
}

// Nothing is lost by closing, whatever the writes were promised.
Result<void> PowerRun::restart() {
  snapshot_.reset();
  points_.reset();
  second_.reset();
  QUARTZ_TRY(engine_->close());
  engine_.reset();
  history_.settle();
  if (!open()) return {};
  const WriterRows found = rows();
  if (!disk_.has_power()) return {};
  const WriterRows expected = history_.rows_after(history_.writes());
  EXPECT_TRUE(found == expected) << "after a restart: " << difference(found, expected);
  return {};
}

void PowerRun::check_snapshot() {
  if (!snapshot_) {
    snapshot_.emplace(engine_->snapshot(), history_.rows_after(history_.writes()));
    return;
  }
  WriterRows found;
  add_rows(found, "default", rows_of(*engine_, {.snapshot = &snapshot_->first}));
  add_rows(found, kSecondKeyspace,
           rows_of(*engine_, {.snapshot = &snapshot_->first, .keyspace = &*second_}));
  WriterRows expected = std::move(snapshot_->second);
  snapshot_.reset();
  if (!disk_.has_power()) return;
  std::erase_if(expected, [](const auto& row) { return row.first.first == kCollection; });
  EXPECT_TRUE(found == expected) << "of a snapshot: " << difference(found, expected);
}

}  // namespace quartz
