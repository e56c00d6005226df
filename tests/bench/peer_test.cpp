// The contract of an engine's driver, compiled once for each engine and run for each of its kinds.
#include "bench/peers/peer.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Rows = std::map<std::string, std::string>;

/// Small, so that buffers fill and pages are split.
PeerOptions options_for(const std::filesystem::path& directory) {
  PeerOptions options;
  options.directory = directory;
  options.write_memory_bytes = std::size_t{4} << 20;
  options.cache_memory_bytes = std::size_t{8} << 20;
  options.data_bytes_max = std::size_t{32} << 20;
  return options;
}

std::string numbered(std::string_view name, int number) {
  std::string digits = std::to_string(number);
  return std::string(name) + std::string(6 - digits.size(), '0') + digits;
}

Rows numbered_rows(int count) {
  Rows rows;
  for (int i = 0; i < count; ++i) {
    rows[numbered("key", i)] = numbered("value", i) + std::string(90, 'v');
  }
  return rows;
}

std::optional<std::string> found(PeerSession& session, std::string_view key) {
  std::string value = "what was here before";
  if (!session.get(key, value)) return std::nullopt;
  return value;
}

/// Everything that a cursor meets from the first key on.
Rows walked(PeerSession& session) {
  Rows rows;
  const auto cursor = session.cursor();
  for (cursor->seek_to_first(); cursor->valid(); cursor->next()) {
    rows.emplace(cursor->key(), cursor->value());
  }
  return rows;
}

/// What a cursor and single reads find is `rows`. Not every row is read singly: there are memtables
/// that are sorted anew for each.
void expect_all(PeerSession& session, const Rows& rows) {
  constexpr std::size_t kReads = 100;
  EXPECT_EQ(walked(session), rows);
  const std::size_t interval = rows.size() / kReads + 1;
  std::size_t number = 0;
  for (const auto& [key, value] : rows) {
    if (number++ % interval != 0) continue;
    EXPECT_EQ(found(session, key), value) << key;
  }
}

/// Not in the order of the keys, as most puts are not.
void put_all(PeerSession& session, const Rows& rows) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : rows) keys.push_back(key);
  std::ranges::sort(keys, {}, std::hash<std::string>());
  for (const std::string& key : keys) session.put(key, rows.at(key));
}

class PeerTest : public testing::TestWithParam<PeerKind> {
 protected:
  std::unique_ptr<Peer> open() { return GetParam().open(options_); }
  void expect_kept(const Rows& rows) {
    const auto peer = open();
    expect_all(*peer->session(), rows);
  }

  const ScratchDirectory scratch_;
  PeerOptions options_ = options_for(scratch_ / "peer");
};

/// Most tests need nothing but an open engine and a session.
class OpenPeerTest : public PeerTest {
 protected:
  const std::unique_ptr<Peer> peer_ = open();
  const std::unique_ptr<PeerSession> session_ = peer_->session();
};

TEST_P(OpenPeerTest, a_kind_is_found_by_its_name_and_knows_its_version) {
  const PeerKind* kind = find_peer_kind(GetParam().name);
  ASSERT_NE(kind, nullptr);
  EXPECT_EQ(kind->open, GetParam().open);
  EXPECT_THAT(kind->version, Contains('.'));
  EXPECT_EQ(find_peer_kind("nobody"), nullptr);
}

TEST_P(OpenPeerTest, a_value_that_was_put_is_read_back) {
  EXPECT_EQ(found(*session_, "key"), std::nullopt);
  session_->put("key", "value");
  EXPECT_EQ(found(*session_, "key"), "value");
  EXPECT_EQ(found(*session_, "ke"), std::nullopt);
  EXPECT_EQ(found(*session_, "key2"), std::nullopt);
}

TEST_P(OpenPeerTest, a_second_put_replaces_the_first) {
  session_->put("key", "a long value that is replaced");
  session_->put("key", "short");
  EXPECT_EQ(found(*session_, "key"), "short");
  EXPECT_EQ(walked(*session_), (Rows{{"key", "short"}}));
}

TEST_P(OpenPeerTest, a_removed_key_is_absent_and_can_be_removed_again) {
  put_all(*session_, {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  session_->remove("b");
  session_->remove("b");
  EXPECT_EQ(found(*session_, "b"), std::nullopt);
  EXPECT_EQ(walked(*session_), (Rows{{"a", "1"}, {"c", "3"}}));
}

TEST_P(OpenPeerTest, a_batch_writes_all_its_rows) {
  session_->put("b", "replaced");
  const std::vector<Row> rows = {{"c", "3"}, {"a", "1"}, {"b", "2"}};
  session_->write(rows);
  EXPECT_EQ(walked(*session_), (Rows{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  session_->write(std::vector<Row>{{"d", "4"}});
  EXPECT_EQ(found(*session_, "d"), "4");
}

TEST_P(OpenPeerTest, multi_get_finds_the_keys_that_exist) {
  put_all(*session_, {{"a", "1"}, {"c", "3"}, {"empty", ""}});
  const std::vector<std::string_view> keys = {"c", "b", "a", "empty"};
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<std::string> values(keys.size(), "untouched");
    EXPECT_EQ(session_->multi_get(keys, values), 3U);
    EXPECT_EQ(values[0], "3");
    EXPECT_EQ(values[2], "1");
    EXPECT_EQ(values[3], "");
  }
}

TEST_P(OpenPeerTest, an_empty_database_has_nothing_to_walk_over) {
  const auto cursor = session_->cursor();
  cursor->seek_to_first();
  EXPECT_FALSE(cursor->valid());
  cursor->seek_to_last();
  EXPECT_FALSE(cursor->valid());
  cursor->seek("key");
  EXPECT_FALSE(cursor->valid());
}

TEST_P(OpenPeerTest, a_cursor_walks_over_every_row_in_both_directions) {
  const Rows rows = numbered_rows(3000);
  put_all(*session_, rows);
  EXPECT_EQ(walked(*session_), rows);
  std::vector<std::string> backward;
  const auto cursor = session_->cursor();
  for (cursor->seek_to_last(); cursor->valid(); cursor->previous()) {
    backward.emplace_back(cursor->key());
    EXPECT_EQ(cursor->value(), rows.at(backward.back()));
  }
  EXPECT_EQ(backward.size(), rows.size());
  EXPECT_TRUE(std::ranges::is_sorted(backward, std::greater<>()));
}

TEST_P(OpenPeerTest, a_seek_finds_the_smallest_key_that_is_not_smaller) {
  put_all(*session_, {{"b", "2"}, {"d", "4"}});
  const auto cursor = session_->cursor();
  const auto seek = [&](std::string_view key) {
    cursor->seek(key);
    return cursor->valid() ? std::string(cursor->key()) : "none";
  };
  EXPECT_EQ(seek(""), "b");
  EXPECT_EQ(seek("a"), "b");
  EXPECT_EQ(seek("b"), "b");
  EXPECT_EQ(seek("c"), "d");
  EXPECT_EQ(seek("d\x01"), "none");
  EXPECT_EQ(seek("a"), "b");
}

TEST_P(OpenPeerTest, a_cursor_can_turn_round) {
  put_all(*session_, {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  const auto cursor = session_->cursor();
  std::vector<std::string> seen;
  const auto see = [&] {
    seen.push_back(std::string(cursor->key()) + std::string(cursor->value()));
  };
  cursor->seek("a"), see();
  cursor->next(), see();
  cursor->previous(), see();
  cursor->next(), see();
  cursor->next(), see();
  cursor->previous(), see();
  cursor->seek_to_last(), see();
  cursor->previous(), see();
  cursor->next(), see();
  EXPECT_THAT(seen, ElementsAre("a1", "b2", "a1", "b2", "c3", "b2", "c3", "b2", "c3"));
}

TEST_P(OpenPeerTest, a_new_cursor_sees_what_was_written_before_it) {
  for (int i = 0; i < 10; ++i) {
    session_->put(numbered("key", i), "value");
    EXPECT_EQ(walked(*session_).size(), static_cast<std::size_t>(i) + 1);
  }
}

TEST_P(OpenPeerTest, two_cursors_of_a_session_stand_at_different_rows) {
  put_all(*session_, {{"a", "1"}, {"b", "2"}});
  const auto first = session_->cursor();
  const auto second = session_->cursor();
  first->seek_to_first();
  second->seek_to_last();
  EXPECT_EQ(first->key(), "a");
  EXPECT_EQ(second->key(), "b");
  EXPECT_EQ(found(*session_, "a"), "1");
  EXPECT_EQ(first->value(), "1");
}

TEST_P(OpenPeerTest, keys_and_values_are_any_bytes_in_their_unsigned_order) {
  const std::string zero_key("k\0y", 3);
  const std::string zero_value("v\0l\0", 4);
  const Rows rows = {{zero_key, zero_value}, {"k", ""}, {"k\x01", "\xff"}, {"\xff\x80", "high"}};
  put_all(*session_, rows);
  EXPECT_EQ(walked(*session_), rows);
  EXPECT_EQ(found(*session_, zero_key), zero_value);
  EXPECT_EQ(found(*session_, "k"), "");
  const auto cursor = session_->cursor();
  cursor->seek_to_last();
  EXPECT_EQ(cursor->key(), "\xff\x80");
}

TEST_P(OpenPeerTest, values_of_a_mebibyte_are_kept) {
  Rows rows;
  for (char c = 'a'; c < 'e'; ++c) rows[std::string(1, c)] = std::string(std::size_t{1} << 20, c);
  put_all(*session_, rows);
  EXPECT_EQ(walked(*session_), rows);
  session_->put("b", "small again");
  EXPECT_EQ(found(*session_, "b"), "small again");
  EXPECT_EQ(found(*session_, "c"), rows.at("c"));
}

TEST_P(OpenPeerTest, flush_compact_and_settle_lose_nothing) {
  Rows rows = numbered_rows(3000);
  peer_->flush();
  put_all(*session_, rows);
  peer_->flush();
  for (int i = 0; i < 3000; i += 3) {
    session_->remove(numbered("key", i));
    rows.erase(numbered("key", i));
  }
  peer_->settle();
  EXPECT_EQ(walked(*session_), rows);
  peer_->compact();
  peer_->settle();
  expect_all(*session_, rows);
}

TEST_P(OpenPeerTest, sessions_on_two_threads_write_and_read_at_the_same_time) {
  constexpr int kRows = 1000;
  const auto work = [&](std::string_view name) {
    const auto session = peer_->session();
    for (int i = 0; i < kRows; ++i) {
      const std::string key = numbered(name, i);
      if (i % 2 == 0) {
        session->put(key, key);
      } else {
        session->write(std::vector<Row>{{key, key}, {"shared", key}});
      }
      EXPECT_EQ(found(*session, key), key);
    }
  };
  std::thread other(work, "left");
  work("right");
  other.join();
  EXPECT_EQ(walked(*session_).size(), 2U * kRows + 1);
}

TEST_P(PeerTest, reopening_keeps_everything) {
  const Rows rows = numbered_rows(3000);
  put_all(*open()->session(), rows);
  expect_kept(rows);
}

TEST_P(PeerTest, the_promise_of_the_disk_can_be_given) {
  options_.promise = Promise::disk;
  const Rows rows = numbered_rows(20);
  {
    const auto peer = open();
    const auto session = peer->session();
    put_all(*session, rows);
    session->write(std::vector<Row>{{"x", "1"}, {"y", "2"}});
    session->remove("x");
    session->remove("y");
    EXPECT_EQ(walked(*session), rows);
  }
  expect_kept(rows);
}

TEST_P(PeerTest, no_promise_can_be_given_where_that_is_measured) {
  options_.promise = Promise::none;
  const auto& left_out = GetParam().not_in_categories;
  if (std::ranges::find(left_out, "put_wal_off") != left_out.end()) return;
  const Rows rows = numbered_rows(100);
  const auto peer = open();
  const auto session = peer->session();
  put_all(*session, rows);
  EXPECT_EQ(walked(*session), rows);
}

// Where the process that is killed shall write: the death test's child runs this program anew, and
// its own scratch directory would be another one.
constexpr const char* kVictimDirectory = "QUARTZ_PEER_TEST_VICTIM";

class KilledPeerTest : public PeerTest {
 protected:
  void SetUp() override {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    if (const char* given = std::getenv(kVictimDirectory)) options_.directory = given;
    ::setenv(kVictimDirectory, options_.directory.c_str(), 1);
  }
  void TearDown() override { ::unsetenv(kVictimDirectory); }

  [[noreturn]] void write_and_die(const Rows& rows) {
    const auto peer = open();
    const auto session = peer->session();
    put_all(*session, rows);
    // The child's own one, which nobody has used and nobody will remove.
    std::filesystem::remove(scratch_.path());
    ::_exit(0);  // Nothing is closed.
  }
};

TEST_P(KilledPeerTest, what_was_put_before_a_kill_is_there_afterwards) {
  const Rows rows = numbered_rows(5000);
  EXPECT_EXIT(write_and_die(rows), testing::ExitedWithCode(0), "");
  expect_kept(rows);
}

TEST_P(KilledPeerTest, what_was_put_to_disk_before_a_kill_is_there_afterwards) {
  options_.promise = Promise::disk;
  const Rows rows = numbered_rows(200);
  EXPECT_EXIT(write_and_die(rows), testing::ExitedWithCode(0), "");
  expect_kept(rows);
}

TEST_P(KilledPeerTest, a_log_that_was_never_flushed_is_recovered) {
  options_.keep_in_log = true;
  const Rows rows = numbered_rows(20000);
  EXPECT_EXIT(write_and_die(rows), testing::ExitedWithCode(0), "");
  expect_kept(rows);
}

std::string name_of(const testing::TestParamInfo<PeerKind>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Kinds, OpenPeerTest, testing::ValuesIn(peer_kinds()), name_of);
INSTANTIATE_TEST_SUITE_P(Kinds, PeerTest, testing::ValuesIn(peer_kinds()), name_of);
INSTANTIATE_TEST_SUITE_P(Kinds, KilledPeerTest, testing::ValuesIn(peer_kinds()), name_of);

}  // namespace
}  // namespace quartz::bench
