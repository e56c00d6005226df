#include <array>
#include <string>

#include "c/owned_handles.hpp"

namespace quartz::c_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class CRows : public ::testing::Test {
 protected:
  ScratchDirectory scratch;
  OwnedEngine engine = open_engine(scratch / "data");
};

TEST_F(CRows, are_put_read_and_removed) {
  EXPECT_EQ(put(engine, "key", "value"), "ok");
  EXPECT_EQ(get(engine, "key"), "value");
  EXPECT_EQ(outcome(quartz_engine_remove(engine.get(), nullptr, quartz_text("key"), nullptr)),
            "ok");
  EXPECT_EQ(get(engine, "key"), "(none)");
}

TEST_F(CRows, hold_any_bytes_and_an_empty_value) {
  const std::string key("a\0b", 3);
  const quartz_bytes bytes{key.data(), key.size()};
  EXPECT_EQ(outcome(quartz_engine_put(engine.get(), nullptr, bytes, {nullptr, 0}, nullptr)), "ok");
  quartz_value* value = nullptr;
  ASSERT_EQ(outcome(quartz_engine_get(engine.get(), nullptr, nullptr, bytes, &value)), "ok");
  const OwnedValue owned(value);
  ASSERT_NE(owned, nullptr);
  EXPECT_EQ(quartz_value_bytes(owned.get()).size, 0u);
}

TEST_F(CRows, are_contained_or_not) {
  put(engine, "key", "value");
  bool contains = false;
  EXPECT_EQ(outcome(quartz_engine_contains(engine.get(), nullptr, nullptr, quartz_text("key"),
                                           &contains)),
            "ok");
  EXPECT_TRUE(contains);
  EXPECT_EQ(outcome(quartz_engine_contains(engine.get(), nullptr, nullptr, quartz_text("other"),
                                           &contains)),
            "ok");
  EXPECT_FALSE(contains);
}

TEST_F(CRows, are_read_many_at_a_time) {
  put(engine, "a", "1");
  put(engine, "c", "3");
  const std::array keys{quartz_text("a"), quartz_text("b"), quartz_text("c")};
  quartz_values* read = nullptr;
  ASSERT_EQ(outcome(quartz_engine_multi_get(engine.get(), nullptr, nullptr, keys.data(),
                                            keys.size(), &read)),
            "ok");
  const OwnedValues values(read);
  EXPECT_EQ(quartz_values_count(values.get()), 3u);
  quartz_bytes value{};
  ASSERT_TRUE(quartz_values_at(values.get(), 0, &value));
  EXPECT_EQ(text(value), "1");
  EXPECT_FALSE(quartz_values_at(values.get(), 1, &value));
  EXPECT_TRUE(quartz_values_at(values.get(), 2, nullptr));
  EXPECT_FALSE(quartz_values_at(values.get(), 3, &value));
}

TEST_F(CRows, are_removed_by_the_range) {
  for (const char* key : {"a", "b", "c"}) put(engine, key, key);
  EXPECT_EQ(outcome(quartz_engine_remove_range(engine.get(), nullptr, quartz_text("a"),
                                               quartz_text("c"), nullptr)),
            "ok");
  EXPECT_EQ(get(engine, "b"), "(none)");
  EXPECT_EQ(get(engine, "c"), "c");
}

TEST_F(CRows, expire) {
  const auto expiring = [&](const char* key, std::int64_t at) {
    return outcome(quartz_engine_put_expiring(engine.get(), nullptr, quartz_text(key),
                                              quartz_text("value"), at, nullptr));
  };
  EXPECT_EQ(expiring("past", quartz_engine_now(engine.get()) - 1), "ok");
  EXPECT_EQ(expiring("future", quartz_engine_now(engine.get()) + 3'600'000), "ok");
  EXPECT_EQ(get(engine, "past"), "(none)");
  EXPECT_EQ(get(engine, "future"), "value");
  EXPECT_THAT(expiring("never", -1), StartsWith("invalid_argument: "));
}

TEST_F(CRows, are_written_in_batches_all_or_none) {
  const OwnedBatch batch(quartz_batch_create());
  put(engine, "old", "1");
  quartz_batch_put(batch.get(), nullptr, quartz_text("a"), quartz_text("1"));
  quartz_batch_put_expiring(batch.get(), nullptr, quartz_text("gone"), quartz_text("1"), 1);
  quartz_batch_remove(batch.get(), nullptr, quartz_text("old"));
  quartz_batch_put(batch.get(), nullptr, quartz_text("x"), quartz_text("1"));
  quartz_batch_remove_range(batch.get(), nullptr, quartz_text("x"), quartz_text("y"));
  EXPECT_EQ(quartz_batch_count(batch.get()), 5u);
  EXPECT_EQ(outcome(quartz_engine_write(engine.get(), batch.get(), nullptr)), "ok");
  EXPECT_EQ(get(engine, "a"), "1");
  for (const char* key : {"gone", "old", "x"}) EXPECT_EQ(get(engine, key), "(none)") << key;

  quartz_batch_clear(batch.get());
  quartz_batch_put(batch.get(), nullptr, quartz_text("b"), quartz_text("2"));
  quartz_batch_put(batch.get(), nullptr, {nullptr, 7}, quartz_text("2"));
  EXPECT_EQ(outcome(quartz_engine_write(engine.get(), batch.get(), nullptr)),
            "invalid_argument: key has a size of 7 and no data");
  EXPECT_EQ(get(engine, "b"), "(none)");
}

TEST_F(CRows, are_as_they_were_in_a_snapshot) {
  put(engine, "key", "old");
  quartz_snapshot* taken = nullptr;
  ASSERT_EQ(outcome(quartz_engine_snapshot(engine.get(), &taken)), "ok");
  const OwnedSnapshot snapshot(taken);
  EXPECT_EQ(quartz_snapshot_sequence(snapshot.get()), quartz_engine_sequence(engine.get()));
  put(engine, "key", "new");
  EXPECT_EQ(get(engine, "key", nullptr, snapshot.get()), "old");
  EXPECT_EQ(get(engine, "key"), "new");
}

TEST_F(CRows, are_written_only_where_nothing_was_changed) {
  put(engine, "counter", "1");
  const OwnedReadSet reads(quartz_read_set_create(quartz_engine_sequence(engine.get())));
  EXPECT_EQ(outcome(quartz_read_set_add(reads.get(), nullptr, quartz_text("counter"))), "ok");
  const quartz_write_options unchanged{QUARTZ_DURABILITY_DEFAULT, reads.get()};
  EXPECT_EQ(put(engine, "counter", "2", nullptr, &unchanged), "ok");
  EXPECT_THAT(put(engine, "counter", "2", nullptr, &unchanged), StartsWith("conflict: "));
  quartz_read_set_restart(reads.get(), quartz_engine_sequence(engine.get()));
  EXPECT_EQ(outcome(quartz_read_set_add(reads.get(), nullptr, quartz_text("counter"))), "ok");
  EXPECT_EQ(put(engine, "counter", "3", nullptr, &unchanged), "ok");
}

TEST_F(CRows, are_refused_beyond_the_limits_and_without_their_bytes) {
  const std::string key(64 * 1024 + 1, 'k');
  EXPECT_THAT(put(engine, key.c_str(), "value"), StartsWith("too_large: "));
  EXPECT_EQ(
      outcome(quartz_engine_put(engine.get(), nullptr, quartz_text("key"), {nullptr, 3}, nullptr)),
      "invalid_argument: value has a size of 3 and no data");
  EXPECT_EQ(outcome(quartz_engine_get(engine.get(), nullptr, nullptr, quartz_text("key"), nullptr)),
            "invalid_argument: value is NULL");
  const quartz_write_options options{static_cast<quartz_durability>(9), nullptr};
  EXPECT_EQ(put(engine, "key", "value", nullptr, &options),
            "invalid_argument: there is no durability 9");
}

TEST_F(CRows, survive_as_long_as_was_asked_for) {
  for (const auto durability :
       {QUARTZ_DURABILITY_MEMORY, QUARTZ_DURABILITY_PROCESS, QUARTZ_DURABILITY_DISK}) {
    const quartz_write_options options{durability, nullptr};
    EXPECT_EQ(put(engine, "key", "value", nullptr, &options), "ok");
  }
  EXPECT_EQ(outcome(quartz_engine_sync(engine.get())), "ok");
}

TEST_F(CRows, are_walked_in_both_directions_within_bounds) {
  for (const char* key : {"a1", "a2", "a3", "b1"}) put(engine, key, key);
  quartz_scan_options options{};
  options.prefix = quartz_text("a");
  options.lower_bound = quartz_text("a2");
  quartz_cursor* made = nullptr;
  ASSERT_EQ(outcome(quartz_engine_cursor(engine.get(), &options, &made)), "ok");
  const OwnedCursor cursor(made);
  std::vector<std::string> keys;
  for (quartz_cursor_seek_to_first(cursor.get()); quartz_cursor_valid(cursor.get());
       quartz_cursor_next(cursor.get())) {
    keys.push_back(text(quartz_cursor_key(cursor.get())));
    EXPECT_EQ(text(quartz_cursor_value(cursor.get())), keys.back());
  }
  for (quartz_cursor_seek_to_last(cursor.get()); quartz_cursor_valid(cursor.get());
       quartz_cursor_previous(cursor.get())) {
    keys.push_back(text(quartz_cursor_key(cursor.get())));
  }
  EXPECT_THAT(keys, ElementsAre("a2", "a3", "a3", "a2"));
  EXPECT_EQ(outcome(quartz_cursor_error(cursor.get())), "ok");

  quartz_cursor_next(cursor.get());  // On no row: nothing happens.
  EXPECT_EQ(quartz_cursor_key(cursor.get()).size, 0u);
  quartz_cursor_seek(cursor.get(), quartz_text("a25"));
  EXPECT_EQ(text(quartz_cursor_key(cursor.get())), "a3");
  quartz_cursor_seek_for_previous(cursor.get(), quartz_text("a25"));
  EXPECT_EQ(text(quartz_cursor_key(cursor.get())), "a2");
}

TEST_F(CRows, are_not_sought_without_their_bytes) {
  put(engine, "key", "value");
  quartz_cursor* made = nullptr;
  ASSERT_EQ(outcome(quartz_engine_cursor(engine.get(), nullptr, &made)), "ok");
  const OwnedCursor cursor(made);
  quartz_cursor_seek(cursor.get(), {nullptr, 5});
  EXPECT_FALSE(quartz_cursor_valid(cursor.get()));
  EXPECT_EQ(outcome(quartz_cursor_error(cursor.get())),
            "invalid_argument: key has a size of 5 and no data");
  quartz_cursor_seek(cursor.get(), quartz_text("k"));
  EXPECT_EQ(text(quartz_cursor_key(cursor.get())), "key");
  EXPECT_EQ(outcome(quartz_cursor_error(cursor.get())), "ok");
}

TEST_F(CRows, end_with_a_reason_where_the_engine_was_closed) {
  put(engine, "key", "value");
  quartz_cursor* made = nullptr;
  ASSERT_EQ(outcome(quartz_engine_cursor(engine.get(), nullptr, &made)), "ok");
  const OwnedCursor cursor(made);
  EXPECT_THAT(outcome(quartz_engine_close(engine.get())), StartsWith("busy: "));
  quartz_cursor_seek_to_first(cursor.get());
  EXPECT_FALSE(quartz_cursor_valid(cursor.get()));
  EXPECT_THAT(outcome(quartz_cursor_error(cursor.get())), StartsWith("closed: "));
}

TEST_F(CRows, lie_in_keyspaces) {
  quartz_keyspace* made = nullptr;
  ASSERT_EQ(outcome(quartz_engine_create_keyspace(engine.get(), "users", &made)), "ok");
  const OwnedKeyspace users(made);
  EXPECT_EQ(put(engine, "key", "default"), "ok");
  EXPECT_EQ(put(engine, "key", "of users", users.get()), "ok");
  EXPECT_EQ(get(engine, "key"), "default");
  EXPECT_EQ(get(engine, "key", users.get()), "of users");

  quartz_keyspace* again = nullptr;
  EXPECT_THAT(outcome(quartz_engine_create_keyspace(engine.get(), "users", &again)),
              StartsWith("already_exists: "));
  EXPECT_EQ(again, nullptr);
  ASSERT_EQ(outcome(quartz_engine_keyspace(engine.get(), "users", &again)), "ok");
  quartz_keyspace_destroy(again);
  EXPECT_THAT(outcome(quartz_engine_keyspace(engine.get(), "nobody", &again)),
              AllOf(StartsWith("not_found: "), HasSubstr("nobody")));

  quartz_names* listed = nullptr;
  ASSERT_EQ(outcome(quartz_engine_keyspace_names(engine.get(), &listed)), "ok");
  const OwnedNames names(listed);
  ASSERT_EQ(quartz_names_count(names.get()), 2u);
  EXPECT_STREQ(quartz_names_at(names.get(), 0), "default");
  EXPECT_STREQ(quartz_names_at(names.get(), 1), "users");
  EXPECT_EQ(quartz_names_at(names.get(), 2), nullptr);

  EXPECT_EQ(outcome(quartz_engine_drop_keyspace(engine.get(), users.get())), "ok");
  EXPECT_THAT(put(engine, "key", "value", users.get()), StartsWith("closed: "));
}

TEST_F(CRows, of_a_keyspace_are_batched_and_noted_too) {
  quartz_keyspace* made = nullptr;
  ASSERT_EQ(outcome(quartz_engine_create_keyspace(engine.get(), "users", &made)), "ok");
  const OwnedKeyspace users(made);
  const OwnedReadSet reads(quartz_read_set_create(quartz_engine_sequence(engine.get())));
  EXPECT_EQ(outcome(quartz_read_set_add(reads.get(), users.get(), quartz_text("a"))), "ok");
  const OwnedBatch batch(quartz_batch_create());
  quartz_batch_put(batch.get(), users.get(), quartz_text("a"), quartz_text("1"));
  quartz_batch_put_expiring(batch.get(), users.get(), quartz_text("b"), quartz_text("1"), 1);
  quartz_batch_remove(batch.get(), users.get(), quartz_text("c"));
  quartz_batch_remove_range(batch.get(), users.get(), quartz_text("d"), quartz_text("e"));
  const quartz_write_options unchanged{QUARTZ_DURABILITY_DEFAULT, reads.get()};
  EXPECT_EQ(outcome(quartz_engine_write(engine.get(), batch.get(), &unchanged)), "ok");
  EXPECT_EQ(get(engine, "a", users.get()), "1");
  EXPECT_THAT(outcome(quartz_engine_write(engine.get(), batch.get(), &unchanged)),
              StartsWith("conflict: "));
}

}  // namespace
}  // namespace quartz::c_test
