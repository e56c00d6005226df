#include "base/utf8.hpp"

#include <string>

#include <gtest/gtest.h>

namespace quartz {
namespace {

TEST(Utf8, what_is_cut_short_overlong_a_surrogate_or_past_unicode_is_none) {
  for (const char* text : {"\xC3", "\xC0\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "a\x80", "\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
  EXPECT_EQ(utf8_sequence_bytes(""), 0u);
}

TEST(Utf8, sequences_of_each_length_are_taken_up_to_their_limits) {
  for (const char* text :
       {"", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  EXPECT_TRUE(is_utf8(std::string(3, '\0')));
}

TEST(Utf8, the_well_formed_prefix_ends_at_the_first_bad_sequence_wherever_it_lies) {
  for (std::size_t before = 0; before < 40; ++before) {
    const std::string good = std::string(before, 'a') + "é";
    EXPECT_EQ(utf8_prefix_bytes(good), good.size());
    EXPECT_EQ(utf8_prefix_bytes(good + "\xFF tail that is never reached"), good.size());
  }
}

TEST(Utf8, a_code_point_is_written_as_the_one_sequence_that_reads_back) {
  std::string text;
  for (const char32_t code_point : {U'a', U'é', U'€', U'🦀'}) append_utf8(text, code_point);
  EXPECT_EQ(text, "aé€🦀");
  for (const char32_t edge : {0x0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    std::string sequence;
    append_utf8(sequence, edge);
    EXPECT_EQ(utf8_sequence_bytes(sequence), sequence.size());
  }
}

}  // namespace
}  // namespace quartz
