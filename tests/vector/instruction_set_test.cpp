#include "vector/instruction_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::vector {
namespace {

TEST(InstructionSet, plain_is_always_supported_and_comes_first) {
  ASSERT_FALSE(supported_instruction_sets().empty());
  EXPECT_EQ(supported_instruction_sets().front(), InstructionSet::plain);
}

TEST(InstructionSet, the_best_is_the_last_that_is_supported) {
  EXPECT_EQ(best_instruction_set(), supported_instruction_sets().back());
}

TEST(InstructionSet, sets_are_those_of_this_kind_of_processor) {
  for (const InstructionSet set : supported_instruction_sets()) {
#if defined(__x86_64__)
    EXPECT_NE(set, InstructionSet::neon);
#else
    EXPECT_THAT(set, testing::AnyOf(InstructionSet::plain, InstructionSet::neon));
#endif
  }
}

TEST(InstructionSet, names_are_those_of_the_enumerators) {
  EXPECT_EQ(to_string(InstructionSet::plain), "plain");
  EXPECT_EQ(to_string(InstructionSet::sse4), "sse4");
  EXPECT_EQ(to_string(InstructionSet::avx2), "avx2");
  EXPECT_EQ(to_string(InstructionSet::avx512), "avx512");
  EXPECT_EQ(to_string(InstructionSet::neon), "neon");
}

}  // namespace
}  // namespace quartz::vector
