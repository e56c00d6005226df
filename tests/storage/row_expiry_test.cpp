#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "quartz/storage/verify.hpp"
#include "storage/engine.hpp"
#include "storage/format_file.hpp"
#include "storage/levels.hpp"
#include "storage/levels_table_builder.hpp"
#include "support/hand_clock.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RowExpiryTest : public testing::Test {
 protected:
  void open(const std::filesystem::path& directory) {
    engine_.reset();
    engine_.emplace(
        storage::Engine::open(directory, config_, io::posix_file_system(), time_.source()).value());
  }
  void open() { open(directory()); }
  std::filesystem::path directory() const { return scratch_ / "db"; }
  StorageEngine& engine() { return *engine_; }

  /// Lets a row expire `after` from now.
  void put(std::string_view key, std::string_view value, std::chrono::milliseconds after) {
    ASSERT_THAT(engine().put(key, value, {.expires_at = engine().now() + after}), Succeeds());
  }
  void put(std::string_view key, std::string_view value) {
    ASSERT_THAT(engine().put(key, value), Succeeds());
  }
  void flush() { ASSERT_THAT(engine().flush(), Succeeds()); }
  void compact() { ASSERT_THAT(engine().compact_range(), Succeeds()); }

  /// What every kind of read says of `key`, which is in the default keyspace: a value, "(none)", or
  /// the news that they differ.
  std::string read_by_all(const std::string& key, const ReadOptions& options = {}) {
    const std::string value = read(engine(), key, options);
    const auto differs = [&](std::string_view how, const std::string& other) {
      return std::string(how) + " says " + other + ", get " + value;
    };
    const auto text = [](const auto& found) { return found ? std::string(*found) : "(none)"; };
    std::string into = "before";
    const bool found = engine().get_into(key, into, options).value();
    if (!found) into = "(none)";
    if (into != value) return differs("get_into", into);
    const auto pinned = engine().get_pinned(key, options).value();
    if (text(pinned) != value) return differs("get_pinned", text(pinned));
    const std::vector<std::string_view> keys{"absent", key};
    const auto several = engine().multi_get(keys, options).value();
    if (text(several[1]) != value) return differs("multi_get", text(several[1]));
    if (engine().contains(key, options).value() != found) return differs("contains", "otherwise");
    if (options.snapshot == nullptr) {
      const auto state = engine().default_keyspace();
      const auto known = engine().engine().get_from_memory(state.state(), key);
      if (known && text(known->value()) != value) {
        return differs("get_from_memory", text(known->value()));
      }
    }
    for (const bool reverse : {false, true}) {
      std::string scanned = "(none)";
      for (const auto& row :
           rows_of(engine(), {.reverse = reverse, .snapshot = options.snapshot})) {
        if (row.first == key) scanned = row.second;
      }
      if (scanned != value) return differs("scan", scanned);
    }
    return value;
  }

  ScratchDirectory scratch_;
  StorageConfig config_ = small_config();
  HandClock time_;
  std::optional<StorageEngine> engine_;
};

/// Where the row lies when it expires.
enum class RowPlace { memtable, warm_memtable, levels, row_cache, replayed_log, reopened_levels };

class RowExpiryInTest : public RowExpiryTest, public testing::WithParamInterface<RowPlace> {
 protected:
  RowExpiryInTest() {
    // No flushed memtable stays for reads where they shall come from the levels.
    if (GetParam() != RowPlace::warm_memtable) config_.memtable_bytes = 3 * config_.segment_bytes;
    open();
  }

  void bring_rows_to_their_place() {
    switch (GetParam()) {
      case RowPlace::memtable:
        return;
      case RowPlace::warm_memtable:
        return flush();
      case RowPlace::levels:
      case RowPlace::row_cache:
      case RowPlace::reopened_levels:
        flush();
        open();
        if (GetParam() != RowPlace::row_cache) return;
        for (int i = 0; i < 2; ++i) static_cast<void>(read(engine(), "k"));
        return;
      case RowPlace::replayed_log:
        return open();
    }
  }
};

TEST_P(RowExpiryInTest, a_row_is_there_until_its_moment_and_absent_from_then_on) {
  put("a", "before");
  put("k", "value", 10s);
  put("z", "after");
  bring_rows_to_their_place();
  const ReadOptions no_fill{.fill_cache = GetParam() == RowPlace::row_cache};
  time_.pass(9999ms);
  EXPECT_EQ(read_by_all("k", no_fill), "value");
  time_.pass(1ms);
  EXPECT_EQ(read_by_all("k", no_fill), "(none)");
  EXPECT_THAT(keys_of(engine()), ElementsAre("a", "z"));
  EXPECT_EQ(read_by_all("a"), "before");
}

TEST_P(RowExpiryInTest, a_row_stays_absent_when_the_clock_is_set_back_even_over_a_kill) {
  put("k", "value", 10s);
  bring_rows_to_their_place();
  time_.pass(10s);
  ASSERT_EQ(read(engine(), "k"), "(none)");
  time_.step(-1h);
  EXPECT_EQ(read_by_all("k"), "(none)");
  copy_database(directory(), scratch_ / "killed");
  open();
  EXPECT_EQ(read_by_all("k"), "(none)");
  open(scratch_ / "killed");
  EXPECT_EQ(read_by_all("k"), "(none)");
}

TEST_P(RowExpiryInTest, a_new_version_of_an_expired_row_is_there) {
  put("k", "value", 10s);
  bring_rows_to_their_place();
  time_.pass(10s);
  ASSERT_EQ(read_by_all("k"), "(none)");
  put("k", "new");
  EXPECT_EQ(read_by_all("k"), "new");
  put("k", "newer", 10s);
  EXPECT_EQ(read_by_all("k"), "newer");
  time_.pass(10s);
  EXPECT_EQ(read_by_all("k"), "(none)");
}

TEST_P(RowExpiryInTest, an_expired_row_uncovers_no_older_version) {
  put("k", "old");
  flush();
  put("k", "new", 10s);
  bring_rows_to_their_place();
  time_.pass(10s);
  EXPECT_EQ(read_by_all("k"), "(none)");
  compact();
  EXPECT_EQ(read_by_all("k"), "(none)");
  open();
  EXPECT_EQ(read_by_all("k"), "(none)");
}

TEST_P(RowExpiryInTest, attributes_are_read_back) {
  const RowAttributes attributes{.expires_at = engine().now() + 1h, .kind = 7};
  ASSERT_THAT(engine().put("k", "value", attributes), Succeeds());
  put("plain", "value");
  bring_rows_to_their_place();
  EXPECT_EQ(engine().get_pinned("k").value()->attributes(), attributes);
  EXPECT_EQ(engine().get_pinned("plain").value()->attributes(), RowAttributes());
  Cursor cursor = engine().cursor();
  cursor.seek("k");
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.attributes(), attributes);
  cursor.next();
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.attributes(), RowAttributes());
}

TEST_P(RowExpiryInTest, a_cursor_steps_over_expired_rows_and_does_not_count_them) {
  for (std::uint64_t i = 0; i < 40; ++i) {
    i % 4 == 0 ? put(numbered_key(i), "stays") : put(numbered_key(i), "goes", 10s);
  }
  bring_rows_to_their_place();
  time_.pass(10s);
  const std::vector<std::string> wanted = keys_of(engine());
  ASSERT_EQ(wanted.size(), 10u);
  EXPECT_EQ(wanted[3], numbered_key(12));
  EXPECT_THAT(keys_of(engine(), {.limit = 3}),
              ElementsAre(numbered_key(0), numbered_key(4), numbered_key(8)));
  EXPECT_THAT(keys_of(engine(), {.limit = 2, .reverse = true}),
              ElementsAre(numbered_key(36), numbered_key(32)));
  const std::string lower = numbered_key(5);
  const std::string upper = numbered_key(8);
  EXPECT_THAT(keys_of(engine(), {.lower_bound = lower, .upper_bound = upper}), IsEmpty());
  Cursor cursor = engine().cursor();
  cursor.seek(numbered_key(13));
  EXPECT_EQ(cursor.key(), numbered_key(16));
  cursor.previous();
  EXPECT_EQ(cursor.key(), numbered_key(12));
  cursor.seek_for_previous(numbered_key(15));
  EXPECT_EQ(cursor.key(), numbered_key(12));
  cursor.next();
  EXPECT_EQ(cursor.key(), numbered_key(16));
  cursor.seek_to_last();
  cursor.next();
  EXPECT_FALSE(cursor.valid());
  EXPECT_FALSE(cursor.error().has_value());
}

TEST_P(RowExpiryInTest, a_snapshot_judges_by_the_same_clock) {
  put("k", "value", 10s);
  bring_rows_to_their_place();
  const Snapshot snapshot = engine().snapshot();
  put("k", "newer");
  EXPECT_EQ(read_by_all("k", {.snapshot = &snapshot}), "value");
  time_.pass(10s);
  EXPECT_EQ(read_by_all("k", {.snapshot = &snapshot}), "(none)");
  EXPECT_EQ(read_by_all("k"), "newer");
  compact();
  EXPECT_EQ(read_by_all("k", {.snapshot = &snapshot}), "(none)");
  EXPECT_EQ(read_by_all("k"), "newer");
}

INSTANTIATE_TEST_SUITE_P(, RowExpiryInTest,
                         testing::Values(RowPlace::memtable, RowPlace::warm_memtable,
                                         RowPlace::levels, RowPlace::row_cache,
                                         RowPlace::replayed_log, RowPlace::reopened_levels),
                         [](const testing::TestParamInfo<RowPlace>& place) -> std::string {
                           switch (place.param) {
                             case RowPlace::memtable:
                               return "memtable";
                             case RowPlace::warm_memtable:
                               return "warm_memtable";
                             case RowPlace::levels:
                               return "levels";
                             case RowPlace::row_cache:
                               return "row_cache";
                             case RowPlace::replayed_log:
                               return "replayed_log";
                             case RowPlace::reopened_levels:
                               return "reopened_levels";
                           }
                           return "unknown";
                         });

TEST_F(RowExpiryTest, a_put_without_attributes_takes_them_away) {
  open();
  put("k", "value", 10s);
  put("k", "value");
  time_.pass(1h);
  EXPECT_EQ(read_by_all("k"), "value");
}

TEST_F(RowExpiryTest, a_row_that_expires_in_the_past_is_absent_at_once_and_covers_what_was_there) {
  open();
  put("k", "old");
  put("k", "new", -1s);
  EXPECT_EQ(read_by_all("k"), "(none)");
  ASSERT_THAT(engine().put("k", "new", {.expires_at = ExpiryTime()}), Succeeds());
  EXPECT_EQ(read_by_all("k"), "(none)");
}

TEST_F(RowExpiryTest, batches_carry_attributes_into_any_keyspace) {
  open();
  const Keyspace other = engine().create_keyspace("other").value();
  const ExpiryTime at = engine().now() + 10s;
  WriteBatch batch;
  batch.put("a", "1", {.kind = 3})
      .put(other, "b", "2", {.expires_at = at})
      .put(other, "c", "3", {});
  ASSERT_THAT(engine().write(batch), Succeeds());
  ASSERT_THAT(engine().put(other, "d", "4", {.kind = 15}, {.durability = Durability::disk}),
              Succeeds());
  EXPECT_EQ(engine().get_pinned("a").value()->attributes().kind, 3);
  EXPECT_EQ(engine().get_pinned(other, "b").value()->attributes().expires_at, at);
  EXPECT_EQ(engine().get_pinned(other, "d").value()->attributes().kind, 15);
  time_.pass(10s);
  EXPECT_THAT(keys_of(engine(), {.keyspace = &other}), ElementsAre("c", "d"));
}

TEST_F(RowExpiryTest, calls_with_options_alone_mean_what_they_always_did) {
  open();
  const Keyspace keyspace = engine().default_keyspace();
  ASSERT_THAT(engine().put("k", "v", {}), Succeeds());
  ASSERT_THAT(engine().put(keyspace, "k", "v", {}), Succeeds());
  ASSERT_THAT(engine().put("k", "v", {.durability = Durability::memory}), Succeeds());
  ASSERT_THAT(engine().put("k", "v", WriteOptions{}), Succeeds());
  ASSERT_THAT(engine().put("k", "v", {.expires_at = engine().now() + 30s}), Succeeds());
  EXPECT_EQ(read(engine(), "k"), "v");
}

TEST_F(RowExpiryTest, attributes_beyond_their_limits_are_refused) {
  open();
  const auto refused = FailsWith(Errc::invalid_argument, HasSubstr("kRowKindMax"));
  EXPECT_THAT(engine().put("k", "v", {.kind = 16}), refused);
  EXPECT_THAT(engine().write(WriteBatch().put("a", "1").put("k", "v", {.kind = 255})), refused);
  for (const ExpiryTime at : {ExpiryTime(-1ms), kExpiryTimeMax + 1ms, ExpiryTime::min()}) {
    EXPECT_THAT(engine().put("k", "v", {.expires_at = at}),
                FailsWith(Errc::invalid_argument, HasSubstr("kExpiryTimeMax")));
    EXPECT_THAT(engine().write(WriteBatch().put("k", "v", {.expires_at = at})),
                FailsWith(Errc::invalid_argument));
  }
  EXPECT_THAT(keys_of(engine()), IsEmpty());
  EXPECT_THAT(engine().put("k", "v", {.expires_at = kExpiryTimeMax, .kind = 15}), Succeeds());
}

TEST_F(RowExpiryTest, no_clock_is_looked_at_for_rows_that_never_expire) {
  open();
  put("a", "1");
  flush();
  put("b", "2");
  const std::uint64_t looks = time_.looks();
  EXPECT_EQ(read_by_all("a"), "1");
  EXPECT_EQ(read_by_all("b"), "2");
  compact();
  EXPECT_EQ(time_.looks(), looks);
}

TEST_F(RowExpiryTest, a_cursor_keeps_the_row_that_expires_under_it_until_its_next_move) {
  open();
  put("a", "1", 10s);
  put("b", "2");
  Cursor cursor = engine().cursor();
  cursor.seek_to_first();
  time_.pass(10s);
  EXPECT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.value(), "1");
  cursor.next();
  EXPECT_EQ(cursor.key(), "b");
  cursor.previous();
  EXPECT_FALSE(cursor.valid());
}

TEST_F(RowExpiryTest, a_pinned_value_outlives_its_expiry) {
  open();
  put("k", "value", 10s);
  flush();
  open();
  const auto pinned = engine().get_pinned("k").value();
  time_.pass(10s);
  ASSERT_EQ(read_by_all("k"), "(none)");
  compact();
  EXPECT_EQ(pinned->view(), "value");
}

TEST_F(RowExpiryTest, compaction_drops_expired_rows_and_keeps_the_others) {
  open();
  for (std::uint64_t i = 0; i < 100; ++i) {
    put(numbered_key(i), std::string(1000, 'v'), i % 10 == 0 ? 1h : 10s);
  }
  compact();
  const auto estimated_keys = [&] { return engine().statistics().keyspaces.at(0).estimated_keys; };
  EXPECT_EQ(estimated_keys(), 100u);
  time_.pass(10s);
  compact();
  EXPECT_EQ(estimated_keys(), 10u);
  EXPECT_EQ(keys_of(engine()).size(), 10u);
}

TEST_F(RowExpiryTest, compaction_above_an_older_version_leaves_a_tombstone_over_it) {
  // Level 0 empties into an upper level only if there is a lower one; what cannot be arranged from
  // outside is arranged by a snapshot here, which keeps both versions through each compaction.
  open();
  put("k", "oldest");
  flush();
  const Snapshot between = engine().snapshot();
  put("k", "newest", 10s);
  put("other", "row");
  flush();
  time_.pass(10s);
  compact();
  EXPECT_EQ(read_by_all("k"), "(none)");
  EXPECT_EQ(read_by_all("k", {.snapshot = &between}), "oldest");
  compact();
  EXPECT_EQ(read_by_all("k"), "(none)");
  EXPECT_EQ(read_by_all("other"), "row");
}

TEST_F(RowExpiryTest, a_checkpoint_takes_the_clock_along) {
  open();
  put("k", "value", 10s);
  time_.pass(10s);
  ASSERT_EQ(read(engine(), "k"), "(none)");
  put("later", "value", 10s);
  ASSERT_THAT(engine().checkpoint(scratch_ / "copy"), Succeeds());
  time_.step(-1h);
  open(scratch_ / "copy");
  EXPECT_EQ(read_by_all("k"), "(none)");
  EXPECT_EQ(read_by_all("later"), "value");
}

TEST_F(RowExpiryTest, salvage_brings_attributes_and_the_clock) {
  open();
  put("levels", "1", 1h);
  ASSERT_THAT(engine().put("kind", "2", {.kind = 4}), Succeeds());
  flush();
  put("log", "3", 1h);
  put("gone", "4", 1s);
  time_.pass(2s);
  ASSERT_EQ(read(engine(), "gone"), "(none)");
  const ExpiryTime at = engine().get_pinned("levels").value()->attributes().expires_at.value();
  engine_.reset();
  // Salvage goes by the system's clock, which is far ahead of this one: so judge by what it wrote.
  ASSERT_THAT(salvage(directory(), scratch_ / "salvaged"), Succeeds());
  EXPECT_NE(storage::ExpiryClock::read(io::posix_file_system(),
                                       scratch_ / "salvaged" / storage::kClockFileName),
            std::nullopt);
  std::filesystem::remove(scratch_ / "salvaged" / storage::kClockFileName);
  open(scratch_ / "salvaged");
  EXPECT_EQ(engine().get_pinned("levels").value()->attributes().expires_at, at);
  EXPECT_EQ(engine().get_pinned("log").value()->attributes().expires_at, at);
  EXPECT_EQ(engine().get_pinned("kind").value()->attributes().kind, 4);
}

TEST_F(RowExpiryTest, a_row_of_the_levels_without_a_trailer_is_corruption_and_never_cached) {
  open();
  put("k", "value");
  flush();
  engine_.reset();
  {
    // Rows as an older format would have them.
    storage::LevelsOptions options;
    options.directory = directory() / "levels";
    auto levels = storage::Levels::open(options).value();
    const auto path = directory() / "ingest" / "raw.sst";
    auto table = storage::TableBuilder::create(path, 0).value();
    ASSERT_THAT(table.put("k", "no trailer"), Succeeds());
    const std::vector<storage::TableFile> files{table.finish().value()};
    ASSERT_THAT(levels->ingest(files, levels->applied_sequence() + 1), Succeeds());
  }
  open();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(engine().get("k"), FailsWith(Errc::corruption, HasSubstr("\"k\"")));
    EXPECT_THAT(engine().get_pinned("k"), FailsWith(Errc::corruption));
  }
  const std::vector<std::string_view> keys{"k"};
  EXPECT_THAT(engine().multi_get(keys), FailsWith(Errc::corruption));
  {
    Scan scan = engine().scan();
    for (const auto& row : scan) ADD_FAILURE() << row.first;
    ASSERT_TRUE(scan.error().has_value());
    EXPECT_EQ(scan.error()->code(), Errc::corruption);
  }
  engine_.reset();
  const auto report = salvage(directory(), scratch_ / "salvaged");
  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->damage.size(), 1u);
}

}  // namespace
}  // namespace quartz
