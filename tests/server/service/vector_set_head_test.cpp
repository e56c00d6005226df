#include "server/service/vector_set_head.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

TEST(VectorSetHead, comes_back_as_it_was_stored) {
  const VectorSetHead head{.generation = 258, .collection = vector_set_collection(3, 258, "films")};
  const std::string bytes = head.encode();
  EXPECT_EQ(bytes, std::string("\0\0\0\0\0\0\1\2", 8) + "vset.3.258.films");
  const auto read = VectorSetHead::decode(bytes, "films");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->generation, head.generation);
  EXPECT_EQ(read->collection, head.collection);
}

TEST(VectorSetHead, what_is_none_is_corruption) {
  const auto damaged = FailsWith(Errc::corruption, HasSubstr("key \"k\""));
  EXPECT_THAT(VectorSetHead::decode("", "k"), damaged);
  EXPECT_THAT(VectorSetHead::decode(std::string(8, '\1'), "k"), damaged);
  EXPECT_THAT(VectorSetHead::decode(std::string(8, '\0') + "vset.0.0.k", "k"), damaged);
  EXPECT_THAT(VectorSetHead::decode(std::string("\0\0\0\0\0\0\0\1", 8) + "vset.0.2.k", "k"),
              damaged);
  EXPECT_THAT(VectorSetHead::decode(std::string("\0\0\0\0\0\0\0\1", 8) + "docs", "k"), damaged);
}

TEST(VectorSetCollection, a_name_tells_its_database_and_generation) {
  const auto origin = vector_set_origin("vset.15.18446744073709551615.a.b");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->database, 15U);
  EXPECT_EQ(origin->generation, 18446744073709551615U);
  for (const char* other :
       {"docs", "vset", "vset.", "vset.1", "vset.1.2", "vset.16.1.k", "vset.1.0.k", "vset.x.1.k",
        "vset.1.x.k", "vset.1.99999999999999999999.k"}) {
    EXPECT_FALSE(vector_set_origin(other)) << other;
  }
}

TEST(VectorSetCollection, any_key_makes_a_name) {
  EXPECT_EQ(vector_set_collection(0, 1, "user:1 \xFF/é"), "vset.0.1.user_1_____");
  EXPECT_EQ(vector_set_collection(0, 1, ""), "vset.0.1.");
  const std::string longest = vector_set_collection(15, ~Generation{0}, std::string(30'000, 'k'));
  EXPECT_LE(longest.size(), kCollectionNameBytesMax);
  EXPECT_TRUE(vector_set_origin(longest));
}

}  // namespace
}  // namespace quartz::server
