#include "storage/levels_status.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels_options.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using rocksdb::Status;
using testing::AllOf;
using testing::HasSubstr;

Errc code_of(const Status& status) { return to_error(status, "testing").code(); }

TEST(LevelsStatus, every_code_says_what_the_caller_can_do) {
  EXPECT_EQ(code_of(Status::Corruption("x")), Errc::corruption);
  EXPECT_EQ(code_of(Status::NoSpace("x")), Errc::no_space);
  EXPECT_EQ(code_of(Status::IOError("x")), Errc::io_error);
  EXPECT_EQ(code_of(Status::PathNotFound("x")), Errc::corruption);
  EXPECT_EQ(code_of(Status::NotFound("x")), Errc::not_found);
  EXPECT_EQ(code_of(Status::NotSupported("x")), Errc::unsupported);
  EXPECT_EQ(code_of(Status::InvalidArgument("x")), Errc::invalid_argument);
  EXPECT_EQ(code_of(Status::Busy("x")), Errc::busy);
  EXPECT_EQ(code_of(Status::TryAgain("x")), Errc::busy);
  EXPECT_EQ(code_of(Status::TimedOut("x")), Errc::busy);
  EXPECT_EQ(code_of(Status::Incomplete("x")), Errc::cancelled);
  EXPECT_EQ(code_of(Status::Aborted("x")), Errc::cancelled);
  EXPECT_EQ(code_of(Status::ShutdownInProgress("x")), Errc::closed);
  EXPECT_EQ(code_of(Status::ColumnFamilyDropped("x")), Errc::closed);
  EXPECT_EQ(code_of(Status::CompactionTooLarge("x")), Errc::no_space);
  EXPECT_EQ(code_of(Status::MergeInProgress("x")), Errc::io_error);
}

TEST(LevelsStatus, refused_and_locked_files_are_told_apart_by_their_text) {
  EXPECT_EQ(code_of(Status::IOError("While open a file", "Read-only file system")),
            Errc::read_only);
  EXPECT_EQ(code_of(Status::IOError("While mkdir", "Permission denied")), Errc::read_only);
  EXPECT_EQ(code_of(Status::IOError("While lock file: db/LOCK", "Resource unavailable")),
            Errc::busy);
}

TEST(LevelsStatus, the_message_says_what_was_done_and_keeps_the_text) {
  EXPECT_THAT(to_error(Status::Corruption("bad block", "in db/000012.sst"), "reading").message(),
              AllOf(HasSubstr("reading: "), HasSubstr("in db/000012.sst")));
  EXPECT_THAT(to_error(Status::PathNotFound("db/000012.ldb"), "reading").message(),
              HasSubstr("db/000012.sst"));
}

TEST(LevelsOptions, family_names_hold_id_and_name) {
  EXPECT_EQ(family_name(0, "default"), "00000000:default");
  EXPECT_EQ(family_name(0xabcde, "a:b"), "000abcde:a:b");
  const auto keyspace = parse_family_name("000abcde:a:b");
  ASSERT_TRUE(keyspace);
  EXPECT_EQ(keyspace->id, 0xabcdeu);
  EXPECT_EQ(keyspace->name, "a:b");
}

TEST(LevelsOptions, other_names_are_no_keyspaces) {
  for (const char* name : {"", "default", "metadata", "00000001", "00000001:", "0000000g:a",
                           "+0000001:a", "0000001:a", "000ABCDE:a", "ffffffff:a", "00000001-a"}) {
    EXPECT_FALSE(parse_family_name(name)) << name;
  }
}

}  // namespace
}  // namespace quartz::storage
