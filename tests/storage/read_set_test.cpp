#include "quartz/storage/read_set.hpp"

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "quartz/storage/limits.hpp"
#include "storage/keyspace_state.hpp"
#include "storage/read_key.hpp"

namespace quartz {
namespace {

using storage::all_of_keys;
using storage::ReadKeyView;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Read = std::tuple<storage::KeyspaceId, std::string>;

Keyspace keyspace(storage::KeyspaceId id) {
  return Keyspace(std::make_shared<storage::KeyspaceState>(1, id, "some"));
}

std::vector<Read> keys_of(const ReadSet& reads) {
  std::vector<Read> keys;
  all_of_keys(reads, [&](ReadKeyView key) {
    EXPECT_EQ(key.hash(), hash_key(key.key(), key.keyspace()));
    keys.emplace_back(key.keyspace(), std::string(key.key()));
    return true;
  });
  return keys;
}

TEST(ReadSet, is_empty_at_first_and_knows_its_sequence) {
  const ReadSet reads(17);
  EXPECT_EQ(reads.as_of(), 17u);
  EXPECT_EQ(reads.size(), 0u);
  EXPECT_THAT(keys_of(reads), IsEmpty());
  EXPECT_EQ(ReadSet().as_of(), 0u);
}

TEST(ReadSet, gives_back_keys_of_every_length_and_content_in_their_order) {
  const Keyspace seven = keyspace(7);
  const std::string longest(kKeyBytesMax, 'l');
  const std::string zeros("\0a\0", 3);
  ReadSet reads;
  reads.add("");
  reads.add(zeros);
  reads.add(seven, longest);
  reads.add(seven, "a");
  reads.add("a");
  EXPECT_EQ(reads.size(), 5u);
  EXPECT_THAT(keys_of(reads), ElementsAre(Read(0, ""), Read(0, zeros), Read(7, longest),
                                          Read(7, "a"), Read(0, "a")));
}

TEST(ReadSet, takes_an_empty_view_that_points_nowhere) {
  ReadSet reads;
  reads.add(std::string_view());
  EXPECT_THAT(keys_of(reads), ElementsAre(Read(0, "")));
}

TEST(ReadSet, leaves_out_what_no_write_can_have_as_its_key) {
  ReadSet reads;
  reads.add(std::string(kKeyBytesMax + 1, 'k'));
  EXPECT_EQ(reads.size(), 0u);
  EXPECT_THAT(keys_of(reads), IsEmpty());
}

TEST(ReadSet, names_each_keyspace_once_and_the_default_one_not_at_all) {
  const Keyspace seven = keyspace(7);
  const Keyspace eight = keyspace(8);
  ReadSet reads;
  reads.add("a");
  reads.add(seven, "a");
  reads.add(eight, "a");
  reads.add(seven, "b");
  ASSERT_EQ(reads.keyspaces().size(), 2u);
  EXPECT_EQ(&reads.keyspaces()[0].state(), &seven.state());
  EXPECT_EQ(&reads.keyspaces()[1].state(), &eight.state());
}

TEST(ReadSet, begins_anew_with_nothing_and_at_another_sequence) {
  ReadSet reads(1);
  reads.add("a");
  reads.add(keyspace(7), "b");
  reads.restart(5);
  EXPECT_EQ(reads.as_of(), 5u);
  EXPECT_EQ(reads.size(), 0u);
  EXPECT_THAT(reads.keyspaces(), IsEmpty());
  reads.add("c");
  EXPECT_THAT(keys_of(reads), ElementsAre(Read(0, "c")));
}

TEST(ReadSet, is_walked_no_further_than_is_wanted) {
  ReadSet reads;
  reads.add("a");
  reads.add("b");
  int seen = 0;
  EXPECT_FALSE(all_of_keys(reads, [&](ReadKeyView key) {
    ++seen;
    return key.key() != "a";
  }));
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace quartz
