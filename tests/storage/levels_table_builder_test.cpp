#include "storage/levels_table_builder.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

using testing::HasSubstr;

TEST(TableBuilder, tells_file_keyspace_bytes_and_entries) {
  const ScratchDirectory scratch;
  TableBuilder builder = TableBuilder::create(scratch / "a.sst", 7).value();
  builder.put("a", "1").value();
  builder.remove("b").value();
  builder.remove_range("c", "d").value();
  builder.remove_range("a", "b").value();
  const TableFile file = builder.finish().value();
  EXPECT_EQ(file.keyspace, 7u);
  EXPECT_EQ(file.path, scratch / "a.sst");
  EXPECT_EQ(file.entry_count, 4u);
  EXPECT_EQ(file.bytes, std::filesystem::file_size(file.path));
}

TEST(TableBuilder, bytes_grow_with_the_rows) {
  const ScratchDirectory scratch;
  TableBuilder builder = TableBuilder::create(scratch / "a.sst", 0).value();
  for (int i = 1000; i < 2000; ++i) {
    builder.put(std::to_string(i), std::string(100, 'v')).value();
  }
  EXPECT_GT(builder.bytes(), 50'000u);
}

TEST(TableBuilder, refuses_a_file_that_exists) {
  const ScratchDirectory scratch;
  overwrite_file(scratch / "a.sst", "precious");
  EXPECT_THAT(TableBuilder::create(scratch / "a.sst", 0),
              FailsWith(Errc::already_exists, HasSubstr("a.sst")));
  EXPECT_EQ(file_contents(scratch / "a.sst"), "precious");
}

TEST(TableBuilder, names_the_file_that_cannot_be_made) {
  const ScratchDirectory scratch;
  EXPECT_THAT(TableBuilder::create(scratch / "missing" / "a.sst", 0),
              FailsWith(Errc::corruption, HasSubstr("missing/a.sst")));
}

TEST(TableBuilder, refuses_keys_out_of_order) {
  const ScratchDirectory scratch;
  TableBuilder builder = TableBuilder::create(scratch / "a.sst", 0).value();
  builder.put("b", "1").value();
  EXPECT_THAT(builder.put("a", "1"), FailsWith(Errc::invalid_argument, HasSubstr("a.sst")));
  EXPECT_THAT(builder.remove("b"), FailsWith(Errc::invalid_argument, HasSubstr("a.sst")));
}

TEST(TableBuilder, refuses_to_finish_an_empty_table) {
  const ScratchDirectory scratch;
  TableBuilder builder = TableBuilder::create(scratch / "a.sst", 0).value();
  builder.remove_range("b", "b").value();
  builder.remove_range("b", "a").value();
  EXPECT_THAT(builder.finish(), FailsWith(Errc::invalid_argument, HasSubstr("a.sst")));
}

TEST(TableBuilder, an_unfinished_table_is_left_to_its_owner) {
  const ScratchDirectory scratch;
  {
    TableBuilder builder = TableBuilder::create(scratch / "a.sst", 0).value();
    builder.put("a", "1").value();
  }
  EXPECT_TRUE(std::filesystem::exists(scratch / "a.sst"));
}

}  // namespace
}  // namespace quartz::storage
