// One flipped bit, or one lost end, of any file of a database: what verify, open and salvage make
// of it.

#include "crash/file_damage.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "crash/damage_sample.hpp"
#include "crash/index_agreement.hpp"
#include "crash/vector_steps.hpp"
#include "quartz/quartz.hpp"
#include "support/corrupt_file.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using std::filesystem::path;

// Of every file but those that whoever looks may write: their lock and HEADROOM.
std::map<std::string, std::string> contents_of(const path& database) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(database)) {
    if (!entry.is_regular_file() || entry.path().filename() == "LOCK") continue;
    if (entry.path().filename() == "HEADROOM") continue;
    contents[entry.path().string()] = file_contents(entry.path());
  }
  return contents;
}

bool is_judgement(Errc code) { return code == Errc::corruption || code == Errc::unsupported; }

/// A copy of the sample with one damage.
class DamagedCopy {
 public:
  DamagedCopy(const DamageSample& sample, std::uint64_t seed) : sample_(sample), random_(seed) {
    copy_database(sample.directory(), database_);
    damage_ = random_damage(database_, kFileKinds[seed % kFileKinds.size()], random_);
    begin();
  }
  /// With this one, to the first file of its kind.
  DamagedCopy(const DamageSample& sample, const FileDamage& damage)
      : sample_(sample), random_(damage.offset), damage_(damage) {
    copy_database(sample.directory(), database_);
    damage_.file = files_of_kind(database_, damage.kind).front();
    begin();
  }

  const FileDamage& damage() const noexcept { return damage_; }

  void check() {
    const auto before = contents_of(database_);
    verify_it();
    salvage_to("salvaged");
    ASSERT_TRUE(contents_of(database_) == before) << "verify or salvage changed a file";
    open_it();
  }

 private:
  void begin() {
    live_ = hits_live_bytes(damage_, database_);
    damage_.apply(database_);
  }
  void verify_it();
  void salvage_to(const char* name);
  void compare_salvaged(const StoredRows& salvaged) const;
  void open_it();
  void read_rows(const StorageEngine& engine);
  void scan_rows(const StorageEngine& engine);
  void read_points(StorageEngine& engine);
  bool is_what_the_log_left(const StoredRows& found) const;
  void expect_judged(const Error& error) const;
  // Whether rows that were written over or removed may come back by a salvage: whoever knew of
  // that is damaged.
  bool may_be_older() const {
    return damage_.kind == FileKind::table || damage_.kind == FileKind::manifest ||
           damage_.kind == FileKind::current;
  }

  const DamageSample& sample_;
  Random random_;
  ScratchDirectory scratch_;
  path database_ = scratch_ / "db";
  FileDamage damage_;
  bool live_ = false;
  bool found_ = false;
};

void DamagedCopy::verify_it() {
  VerifyReport found;
  for (const auto& report : {verify(database_), verify_indexes(database_)}) {
    if (!report) {
      ASSERT_TRUE(is_judgement(report.error().code())) << report.error().to_string();
      found_ = true;
      continue;
    }
    found_ = found_ || !report->damage.empty() || report->unfinished_tail_bytes > 0;
  }
  EXPECT_TRUE(found_ || !live_) << "verify finds nothing";
}

void DamagedCopy::salvage_to(const char* name) {
  const path target = scratch_ / name;
  const auto report = salvage(database_, target);
  if (!report) {
    // Of another version nobody can know what the rows are.
    EXPECT_THAT(report, FailsWith(Errc::unsupported));
    EXPECT_EQ(damage_.kind, FileKind::format);
    return;
  }
  {
    const StorageEngine engine = open_small(target);
    compare_salvaged(all_rows(engine));
  }
  const auto whole = verify(target);
  ASSERT_THAT(whole, Succeeds());
  EXPECT_TRUE(whole->damage.empty()) << whole->damage.front().what;
}

void DamagedCopy::compare_salvaged(const StoredRows& salvaged) const {
  for (const auto& [row, value] : salvaged) {
    const auto expected = sample_.rows().find(row);
    if (expected != sample_.rows().end() && expected->second == value) continue;
    ASSERT_TRUE(sample_.ever_had(row.first, row.second, value))
        << row.first << '/' << row.second << " was made up by salvage: " << value;
    EXPECT_TRUE(may_be_older() || damage_.kind == FileKind::segment)
        << row.first << '/' << row.second << " is salvaged in an older version";
  }
  std::map<std::string, std::size_t> lost;  // By keyspace.
  for (const auto& [row, value] : sample_.rows()) {
    if (!salvaged.contains(row)) ++lost[row.first];
  }
  if (damage_.kind == FileKind::table) {
    EXPECT_LE(lost.size(), 1u) << "one table is damaged, and rows of several keyspaces are lost";
  } else if (damage_.kind == FileKind::segment && !damage_.cut) {
    EXPECT_LE(lost["default"] + lost["second"], 1u) << "rows of whole records are lost";
    EXPECT_EQ(lost.size(), 2u) << "rows are lost that were not in the log";
  } else if (damage_.kind != FileKind::segment) {
    EXPECT_TRUE(lost.empty()) << lost.begin()->second << " rows are lost, of "
                              << lost.begin()->first;
  }
}

void DamagedCopy::expect_judged(const Error& error) const {
  EXPECT_TRUE(is_judgement(error.code())) << error.to_string();
  EXPECT_TRUE(found_) << "verify found nothing, but: " << error.to_string();
}

void DamagedCopy::open_it() {
  const auto before = contents_of(database_);
  auto engine = StorageEngine::open(database_, small_config());
  if (!engine) {
    expect_judged(engine.error());
    // Whoever tries to open must not make it worse.
    for (const auto& [file, contents] : before) {
      if (!file.ends_with(".sst") && !file.ends_with(".log")) continue;
      ASSERT_TRUE(std::filesystem::exists(file)) << file << " is gone";
      ASSERT_TRUE(file_contents(file) == contents) << file << " was changed";
    }
    salvage_to("salvaged afterwards");
    return;
  }
  if (damage_.kind == FileKind::segment) {
    ASSERT_TRUE(is_what_the_log_left(all_rows(*engine)));
    return;
  }
  read_rows(*engine);
  scan_rows(*engine);
  read_points(*engine);
}

// All of them, without the one that no later record vouches for, or, where the file lost its end,
// those from before the end.
bool DamagedCopy::is_what_the_log_left(const StoredRows& found) const {
  const std::size_t writes = sample_.log_writes();
  const std::size_t least = damage_.cut ? 0 : writes - 1;
  for (std::size_t kept = writes + 1; kept-- > least;) {
    if (found == sample_.rows_after(kept)) return true;
  }
  return false;
}

void DamagedCopy::read_rows(const StorageEngine& engine) {
  for (const auto& [row, value] : sample_.rows()) {
    const auto keyspace = engine.keyspace(row.first);
    ASSERT_THAT(keyspace, Succeeds());
    const auto read = engine.get(*keyspace, row.second);
    if (!read) {
      expect_judged(read.error());
    } else {
      ASSERT_TRUE(read->has_value()) << row.first << '/' << row.second << " is gone";
      ASSERT_EQ(**read, value) << row.first << '/' << row.second;
    }
  }
}

// Up to the first row that cannot be read, all are there, and none that was removed.
void DamagedCopy::scan_rows(const StorageEngine& engine) {
  for (const Keyspace& keyspace : engine.keyspaces()) {
    auto expected = sample_.rows().lower_bound({keyspace.name(), ""});
    Scan scan = engine.scan({.keyspace = &keyspace});
    for (const auto& [key, value] : scan) {
      ASSERT_NE(expected, sample_.rows().end());
      ASSERT_EQ(expected->first, std::pair(keyspace.name(), std::string(key)));
      ASSERT_EQ(expected->second, value);
      ++expected;
    }
    if (scan.error()) {
      expect_judged(*scan.error());
    } else {
      ASSERT_TRUE(expected == sample_.rows().end() || expected->first.first != keyspace.name())
          << expected->first.second << " is not found by a scan";
    }
  }
}

void DamagedCopy::read_points(StorageEngine& engine) {
  const auto collection = VectorCollection::open(engine, kCrashCollection);
  if (!collection) return expect_judged(collection.error());
  const auto indexed = collection->wait_until_indexed();
  if (!indexed) return expect_judged(indexed.error());
  expect_index_agrees(*collection, sample_.points(), random_);
}

// A MANIFEST that lost its end is an older one to RocksDB: an open removed all tables that came
// later, and salvage passed over them.
TEST(FileDamage, that_was_once_not_survived_is) {
  const ScratchDirectory scratch;
  const DamageSample sample(scratch / "sample");
  const auto manifest = files_of_kind(sample.directory(), FileKind::manifest).front();
  for (const std::uint64_t bytes : sample.manifest_lengths()) {
    SCOPED_TRACE(bytes);
    ASSERT_LT(bytes, std::filesystem::file_size(sample.directory() / manifest));
    DamagedCopy copy(sample,
                     {.file = {}, .kind = FileKind::manifest, .cut = true, .offset = bytes});
    copy.check();
  }
}

// So many damages as QUARTZ_DAMAGE_SEEDS says, from QUARTZ_DAMAGE_SEED on; kinds of files in turns.
TEST(FileDamage, is_found_by_verify_yields_no_wrong_value_and_leaves_the_rest_to_salvage) {
  const std::uint64_t first = number_from_environment("QUARTZ_DAMAGE_SEED", 1);
  const std::uint64_t seeds =
      number_from_environment("QUARTZ_DAMAGE_SEEDS", kUnderSanitizer ? 12 : 36);
  const ScratchDirectory scratch;
  const DamageSample sample(scratch / "sample");
  for (std::uint64_t seed = first; seed < first + seeds && !HasFailure(); ++seed) {
    DamagedCopy copy(sample, seed);
    // Printed before, for a process that ends by itself cannot print it behind.
    const std::string what = fmt::format("QUARTZ_DAMAGE_SEED={} QUARTZ_DAMAGE_SEEDS=1: {}", seed,
                                         copy.damage().to_string());
    std::cout << what << std::endl;
    SCOPED_TRACE(what);
    copy.check();
  }
}

TEST(FileDamage, none_is_found_in_a_whole_database) {
  const ScratchDirectory scratch;
  const DamageSample sample(scratch / "sample");
  const auto report = verify(sample.directory());
  ASSERT_THAT(report, Succeeds());
  EXPECT_TRUE(report->damage.empty());
  EXPECT_EQ(report->unfinished_tail_bytes, 0u);
  const auto indexes = verify_indexes(sample.directory());
  ASSERT_THAT(indexes, Succeeds());
  EXPECT_TRUE(indexes->damage.empty());
  EXPECT_EQ(indexes->files_checked, 1u);
}

}  // namespace
}  // namespace quartz
