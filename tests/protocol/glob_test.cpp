#include "protocol/glob.hpp"

#include <string>

#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

TEST(Glob, a_text_without_wildcards_matches_itself) {
  EXPECT_TRUE(matches_glob("key", "key"));
  EXPECT_FALSE(matches_glob("key", "keys"));
  EXPECT_FALSE(matches_glob("keys", "key"));
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_FALSE(matches_glob("", "a"));
  EXPECT_FALSE(matches_glob("a", ""));
}

TEST(Glob, a_star_stands_for_any_bytes) {
  for (const char* text : {"", "a", "user:1", "*"}) EXPECT_TRUE(matches_glob("*", text)) << text;
  EXPECT_TRUE(matches_glob("user:*", "user:"));
  EXPECT_TRUE(matches_glob("*:1", "user:1"));
  EXPECT_TRUE(matches_glob("u*r:*1", "user:21"));
  EXPECT_TRUE(matches_glob("**a**", "bab"));
  EXPECT_FALSE(matches_glob("u*r", "user:"));
  EXPECT_TRUE(matches_glob("*ab", "aab"));
  EXPECT_TRUE(matches_glob(std::string_view("a*\0b", 4), std::string_view("a\n\0\0b", 5)));
}

TEST(Glob, a_question_mark_stands_for_one_byte) {
  EXPECT_TRUE(matches_glob("h?llo", "hello"));
  EXPECT_TRUE(matches_glob("h?llo", "h\xFFllo"));
  EXPECT_FALSE(matches_glob("h?llo", "hllo"));
  EXPECT_FALSE(matches_glob("?", ""));
}

TEST(Glob, a_class_stands_for_one_of_its_bytes) {
  EXPECT_TRUE(matches_glob("h[ae]llo", "hallo"));
  EXPECT_FALSE(matches_glob("h[ae]llo", "hillo"));
  EXPECT_TRUE(matches_glob("[a-c]x", "bx"));
  EXPECT_TRUE(matches_glob("[c-a]x", "bx"));
  EXPECT_FALSE(matches_glob("[a-c]x", "dx"));
  EXPECT_TRUE(matches_glob("[\x80-\xFF]", "\xC0"));
  EXPECT_TRUE(matches_glob("[^a]", "b"));
  EXPECT_FALSE(matches_glob("[^a-c]", "b"));
  EXPECT_FALSE(matches_glob("[]", "a"));
  EXPECT_TRUE(matches_glob("[^]", "a"));
  EXPECT_TRUE(matches_glob("[a-]", "^")) << "a range up to the bracket, in a class that is open";
  EXPECT_TRUE(matches_glob(R"([\]])", "]"));
  EXPECT_TRUE(matches_glob("[ab", "b"));
  EXPECT_FALSE(matches_glob("[ab", "c"));
}

TEST(Glob, a_backslash_takes_away_what_a_byte_means) {
  EXPECT_TRUE(matches_glob(R"(\*)", "*"));
  EXPECT_FALSE(matches_glob(R"(\*)", "a"));
  EXPECT_TRUE(matches_glob(R"(\[a])", "[a]"));
  EXPECT_TRUE(matches_glob(R"(\\)", "\\"));
  EXPECT_TRUE(matches_glob("a\\", "a\\"));
}

TEST(Glob, many_stars_take_no_longer_than_both_lengths_say) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(matches_glob(pattern + "b", std::string(20'000, 'a')));
  EXPECT_TRUE(matches_glob(pattern, std::string(20'000, 'a')));
}

TEST(Glob, the_prefix_is_what_every_match_begins_with) {
  EXPECT_EQ(glob_prefix("user:*"), "user:");
  EXPECT_EQ(glob_prefix("key"), "key");
  EXPECT_EQ(glob_prefix("a?b"), "a");
  EXPECT_EQ(glob_prefix("a[b]"), "a");
  EXPECT_EQ(glob_prefix(R"(a\*b)"), "a");
  EXPECT_EQ(glob_prefix("*"), "");
}

}  // namespace
}  // namespace quartz::protocol
