#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EngineKeyspaces : public ::testing::Test {
 protected:
  std::vector<std::string> names_of_all() const {
    std::vector<std::string> names;
    for (const Keyspace& keyspace : engine_->keyspaces()) names.push_back(keyspace.name());
    return names;
  }
  void reopen() {
    engine_.reset();
    engine_.emplace(open_small(scratch_ / "db"));
  }

  ScratchDirectory scratch_;
  std::optional<StorageEngine> engine_{open_small(scratch_ / "db")};
};

TEST_F(EngineKeyspaces, keep_the_same_key_apart) {
  const Keyspace names = engine_->create_keyspace("names").value();
  ASSERT_THAT(engine_->put("key", "default's"), Succeeds());
  ASSERT_THAT(engine_->put(names, "key", "names'"), Succeeds());
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_EQ(read(*engine_, "key"), "default's");
    EXPECT_EQ(read(*engine_, names, "key"), "names'");
    ASSERT_THAT(engine_->flush(), Succeeds());
  }
  ASSERT_THAT(engine_->remove(names, "key"), Succeeds());
  EXPECT_EQ(read(*engine_, "key"), "default's");
  EXPECT_EQ(read(*engine_, names, "key"), "(none)");
}

TEST_F(EngineKeyspaces, are_listed_with_the_default_one_first) {
  EXPECT_THAT(names_of_all(), ElementsAre("default"));
  for (const char* name : {"zebra", "ant", "Ox"}) {
    ASSERT_THAT(engine_->create_keyspace(name), Succeeds());
  }
  EXPECT_THAT(names_of_all(), ElementsAre("default", "Ox", "ant", "zebra"));
  reopen();
  EXPECT_THAT(names_of_all(), ElementsAre("default", "Ox", "ant", "zebra"));
}

TEST_F(EngineKeyspaces, created_twice_exist_already) {
  ASSERT_THAT(engine_->create_keyspace("names"), Succeeds());
  EXPECT_THAT(engine_->create_keyspace("names"),
              FailsWith(Errc::already_exists, HasSubstr("names")));
  EXPECT_THAT(engine_->create_keyspace("default"), FailsWith(Errc::already_exists));
}

TEST_F(EngineKeyspaces, never_created_are_not_found) {
  EXPECT_THAT(engine_->keyspace("names"), FailsWith(Errc::not_found, HasSubstr("names")));
  EXPECT_EQ(engine_->keyspace("default").value().name(), "default");
}

TEST_F(EngineKeyspaces, with_a_bad_name_are_refused) {
  EXPECT_THAT(engine_->create_keyspace(""), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(engine_->create_keyspace("a/b"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(engine_->create_keyspace(std::string(kKeyspaceNameBytesMax + 1, 'n')),
              FailsWith(Errc::too_large, HasSubstr("kKeyspaceNameBytesMax")));
  const std::string longest(kKeyspaceNameBytesMax, 'n');
  EXPECT_THAT(engine_->create_keyspace(longest), Succeeds());
  reopen();
  EXPECT_THAT(names_of_all(), ElementsAre("default", longest));
}

TEST_F(EngineKeyspaces, keep_unflushed_rows_through_a_reopen) {
  const Keyspace names = engine_->create_keyspace("names").value();
  ASSERT_THAT(engine_->put(names, "key", "value"), Succeeds());
  reopen();
  EXPECT_EQ(read(*engine_, engine_->keyspace("names").value(), "key"), "value");
  EXPECT_EQ(read(*engine_, "key"), "(none)");
}

TEST_F(EngineKeyspaces, that_were_dropped_answer_closed_to_every_operation) {
  const Keyspace names = engine_->create_keyspace("names").value();
  ASSERT_THAT(engine_->put(names, "key", "value"), Succeeds());
  ASSERT_THAT(engine_->drop_keyspace(names), Succeeds());
  const auto closed = FailsWith(Errc::closed, HasSubstr("names"));
  const std::vector<std::string_view> keys = {"key"};
  std::string value;
  EXPECT_THAT(engine_->put(names, "key", "value"), closed);
  EXPECT_THAT(engine_->remove(names, "key"), closed);
  EXPECT_THAT(engine_->remove_range(names, "a", "z"), closed);
  EXPECT_THAT(engine_->get(names, "key"), closed);
  EXPECT_THAT(engine_->get_into(names, "key", value), closed);
  EXPECT_THAT(engine_->get_pinned(names, "key"), closed);
  EXPECT_THAT(engine_->multi_get(names, keys), closed);
  EXPECT_THAT(engine_->contains(names, "key"), closed);
  EXPECT_THAT(engine_->compact_range({}, {}, &names), closed);
  EXPECT_THAT(engine_->drop_keyspace(names), closed);
  EXPECT_THAT(engine_->keyspace("names"), FailsWith(Errc::not_found));
  EXPECT_THAT(names_of_all(), ElementsAre("default"));
}

TEST_F(EngineKeyspaces, that_were_dropped_stay_dropped) {
  const Keyspace names = engine_->create_keyspace("names").value();
  ASSERT_THAT(engine_->put(names, "key", "value"), Succeeds());
  ASSERT_THAT(engine_->put("other", "kept"), Succeeds());
  ASSERT_THAT(engine_->drop_keyspace(names), Succeeds());
  reopen();
  EXPECT_THAT(names_of_all(), ElementsAre("default"));
  EXPECT_EQ(read(*engine_, "other"), "kept");
}

TEST_F(EngineKeyspaces, of_a_dropped_ones_name_start_empty) {
  for (int round = 0; round < 3; ++round) {
    const Keyspace names = engine_->create_keyspace("names").value();
    EXPECT_EQ(read(*engine_, names, "key"), "(none)");
    EXPECT_THAT(rows_of(*engine_, {.keyspace = &names}), IsEmpty());
    ASSERT_THAT(engine_->put(names, "key", std::to_string(round)), Succeeds());
    if (round == 1) {
      ASSERT_THAT(engine_->flush(), Succeeds());
    }
    EXPECT_EQ(read(*engine_, names, "key"), std::to_string(round));
    ASSERT_THAT(engine_->drop_keyspace(names), Succeeds());
  }
}

TEST_F(EngineKeyspaces, created_after_a_drop_and_a_reopen_do_not_inherit_rows_from_the_log) {
  const Keyspace names = engine_->create_keyspace("names").value();
  ASSERT_THAT(engine_->put(names, "key", "stale"), Succeeds());
  ASSERT_THAT(engine_->drop_keyspace(names), Succeeds());
  reopen();
  // The number of the dropped one may be given out again now.
  const Keyspace fresh = engine_->create_keyspace("fresh").value();
  EXPECT_THAT(rows_of(*engine_, {.keyspace = &fresh}), IsEmpty());
  reopen();
  const Keyspace again = engine_->keyspace("fresh").value();
  EXPECT_THAT(rows_of(*engine_, {.keyspace = &again}), IsEmpty());
}

TEST_F(EngineKeyspaces, the_default_one_cannot_be_dropped) {
  EXPECT_THAT(engine_->drop_keyspace(engine_->default_keyspace()),
              FailsWith(Errc::invalid_argument, HasSubstr("default")));
  EXPECT_THAT(engine_->put("key", "value"), Succeeds());
}

TEST_F(EngineKeyspaces, of_another_engine_are_refused_by_every_operation) {
  StorageEngine other = open_small(scratch_ / "other");
  const Keyspace theirs = other.create_keyspace("theirs").value();
  const auto refused = FailsWith(Errc::invalid_argument, HasSubstr("theirs"));
  const std::vector<std::string_view> keys = {"key"};
  EXPECT_THAT(engine_->put(theirs, "key", "value"), refused);
  EXPECT_THAT(engine_->remove(theirs, "key"), refused);
  EXPECT_THAT(engine_->remove_range(theirs, "a", "z"), refused);
  EXPECT_THAT(engine_->get(theirs, "key"), refused);
  EXPECT_THAT(engine_->multi_get(theirs, keys), refused);
  EXPECT_THAT(engine_->contains(theirs, "key"), refused);
  EXPECT_THAT(engine_->drop_keyspace(theirs), refused);
  EXPECT_THAT(engine_->compact_range({}, {}, &theirs), refused);
  Cursor cursor = engine_->cursor({.keyspace = &theirs});
  cursor.seek_to_first();
  EXPECT_FALSE(cursor.valid());
  EXPECT_EQ(cursor.error()->code(), Errc::invalid_argument);
  // The default keyspace of another engine is another one as well.
  EXPECT_THAT(engine_->put(other.default_keyspace(), "key", "value"),
              FailsWith(Errc::invalid_argument));
}

// A later engine may well lie at the same address as the one that is gone.
TEST_F(EngineKeyspaces, of_an_engine_that_is_gone_are_refused_by_all_that_come_after) {
  std::vector<Keyspace> orphans;
  for (int i = 0; i < 20; ++i) {
    StorageEngine later = open_small(scratch_ / "later");
    for (const Keyspace& orphan : orphans) {
      ASSERT_THAT(later.put(orphan, "key", "value"), FailsWith(Errc::invalid_argument));
      ASSERT_THAT(later.get(orphan, "key"), FailsWith(Errc::invalid_argument));
    }
    orphans.push_back(later.default_keyspace());
  }
}

TEST_F(EngineKeyspaces, dropping_one_leaves_the_rows_of_the_others) {
  const Keyspace a = engine_->create_keyspace("a").value();
  const Keyspace b = engine_->create_keyspace("b").value();
  for (std::uint64_t i = 0; i < 200; ++i) {
    ASSERT_THAT(engine_->write(WriteBatch()
                                   .put(numbered_key(i), "default")
                                   .put(a, numbered_key(i), "a")
                                   .put(b, numbered_key(i), "b")),
                Succeeds());
    if (i == 100) {
      ASSERT_THAT(engine_->flush(), Succeeds());
    }
  }
  ASSERT_THAT(engine_->drop_keyspace(a), Succeeds());
  EXPECT_EQ(keys_of(*engine_).size(), 200u);
  EXPECT_EQ(keys_of(*engine_, {.keyspace = &b}).size(), 200u);
  reopen();
  const Keyspace again = engine_->keyspace("b").value();
  EXPECT_EQ(keys_of(*engine_).size(), 200u);
  EXPECT_EQ(keys_of(*engine_, {.keyspace = &again}).size(), 200u);
}

TEST_F(EngineKeyspaces, handles_of_one_keyspace_are_alike) {
  const Keyspace created = engine_->create_keyspace("names").value();
  const Keyspace found = engine_->keyspace("names").value();
  const Keyspace copied = found;
  ASSERT_THAT(engine_->put(created, "key", "value"), Succeeds());
  EXPECT_EQ(read(*engine_, found, "key"), "value");
  ASSERT_THAT(engine_->drop_keyspace(found), Succeeds());
  EXPECT_THAT(engine_->get(copied, "key"), FailsWith(Errc::closed));
}

TEST_F(EngineKeyspaces, by_the_dozen_are_flushed_together) {
  std::vector<Keyspace> keyspaces;
  for (int i = 0; i < 30; ++i) {
    keyspaces.push_back(engine_->create_keyspace("k" + std::to_string(i)).value());
  }
  for (const Keyspace& keyspace : keyspaces) {
    ASSERT_THAT(engine_->put(keyspace, "name", keyspace.name()), Succeeds());
  }
  ASSERT_THAT(engine_->flush(), Succeeds());
  reopen();
  for (const Keyspace& keyspace : engine_->keyspaces()) {
    EXPECT_EQ(read(*engine_, keyspace, "name"),
              keyspace.name() == "default" ? "(none)" : keyspace.name());
  }
}

}  // namespace
}  // namespace quartz
