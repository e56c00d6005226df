#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "quartz/storage/limits.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class VerbPut : public testing::Test {
 protected:
  ToolRun get(const std::string& key) { return run_tool({"get", data_, key, "--raw"}); }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbPut, creates_the_database_and_says_nothing) {
  const ToolRun run = run_tool({"put", data_, "user:1", "Alice"});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out + run.err, IsEmpty());
  EXPECT_EQ(get("user:1").out, "Alice");
}

TEST_F(VerbPut, takes_a_value_from_standard_input_byte_for_byte) {
  EXPECT_THAT(run_tool({"put", data_, "key", "-"}, every_byte()), ExitsWith(0));
  EXPECT_EQ(get("key").out, every_byte());
}

TEST_F(VerbPut, takes_a_value_from_a_file) {
  write_file(scratch_ / "value", every_byte() + "\n");
  EXPECT_THAT(run_tool({"put", data_, "key", "--file", (scratch_ / "value").string()}),
              ExitsWith(0));
  EXPECT_EQ(get("key").out, every_byte() + "\n");
}

TEST_F(VerbPut, lets_a_row_expire) {
  EXPECT_THAT(run_tool({"put", data_, "soon", "value", "--expire-in", "1ms"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"put", data_, "late", "value", "--expire-in", "2d"}), ExitsWith(0));
  // Whole processes have run since.
  EXPECT_THAT(get("soon"), ExitsWith(1));
  EXPECT_EQ(get("late").out, "value");
  EXPECT_THAT(run_tool({"scan", data_, "--keys-only"}).out, "late\n");
}

TEST_F(VerbPut, refuses_an_expiry_without_a_unit_in_the_past_or_beyond_all_time) {
  for (const char* const wrong : {"30", "soon", "0s", "-5s", "5w", "99999999999999999999d"}) {
    EXPECT_THAT(run_tool({"put", data_, "k", "v", "--expire-in", wrong}), ExitsWith(2)) << wrong;
  }
  EXPECT_FALSE(std::filesystem::exists(data_));
  EXPECT_THAT(run_tool({"put", data_, "k", "v", "--expire-in", "100000000000d"}), ExitsWith(2));
}

TEST_F(VerbPut, wants_exactly_one_source_of_the_value) {
  EXPECT_THAT(run_tool({"put", data_, "key"}), ExitsWith(2));
  EXPECT_THAT(run_tool({"put", data_, "key", "value", "--file", "x"}), ExitsWith(2));
  EXPECT_FALSE(std::filesystem::exists(data_));
}

TEST_F(VerbPut, understands_keys_and_values_in_hex_and_with_escapes) {
  EXPECT_THAT(
      run_tool({"put", data_, "00ff0a", "6162", "--key-format", "hex", "--value-format", "hex"}),
      ExitsWith(0));
  const ToolRun run = run_tool({"get", data_, "\\x00\\xff\\n", "--key-format", "escaped"});
  EXPECT_EQ(run.out, "ab\n");
  EXPECT_THAT(run_tool({"put", data_, "xyz", "v", "--key-format", "hex"}), ExitsWith(2));
}

TEST_F(VerbPut, takes_words_that_begin_with_a_dash_behind_two_dashes) {
  EXPECT_THAT(run_tool({"put", data_, "--", "-5", "--value"}), ExitsWith(0));
  EXPECT_EQ(run_tool({"get", data_, "--", "-5"}).out, "--value\n");
}

TEST_F(VerbPut, makes_the_keyspace_that_it_is_told) {
  EXPECT_THAT(run_tool({"put", data_, "key", "there", "-k", "orders"}), ExitsWith(0));
  EXPECT_EQ(run_tool({"get", data_, "key", "-k", "orders"}).out, "there\n");
  EXPECT_THAT(get("key"), ExitsWith(1));
}

TEST_F(VerbPut, refuses_a_key_beyond_the_limit) {
  const std::string key(kKeyBytesMax + 1, 'k');
  const ToolRun run = run_tool({"put", data_, key, "value"});
  EXPECT_THAT(run, ExitsWith(2));
  EXPECT_THAT(run.err, AllOf(HasSubstr("too_large"), HasSubstr("hint")));
}

TEST_F(VerbPut, writes_with_every_durability) {
  for (const char* durability : {"memory", "process", "disk"}) {
    EXPECT_THAT(run_tool({"put", data_, durability, "value", "--durability", durability}),
                ExitsWith(0));
    EXPECT_EQ(get(durability).out, "value") << durability;
  }
}

TEST_F(VerbPut, names_a_file_that_it_cannot_read) {
  const ToolRun run = run_tool({"put", data_, "key", "--file", "no/such/file"});
  EXPECT_THAT(run, ExitsWith(5));
  EXPECT_THAT(run.err, HasSubstr("no/such/file"));
}

}  // namespace
}  // namespace quartz
