#include "io/file_system.hpp"

#include <string>

#include "base/coding.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::io {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string contents(const Path& path) {
  return std::string(as_text(read_file(posix_file_system(), path, 1000).value()));
}

TEST(PublishFile, makes_a_file_and_replaces_it) {
  ScratchDirectory scratch;
  auto& files = posix_file_system();
  ASSERT_THAT(publish_file(files, scratch / "a", as_bytes("first")), Succeeds());
  EXPECT_EQ(contents(scratch / "a"), "first");
  ASSERT_THAT(publish_file(files, scratch / "a", as_bytes("2nd")), Succeeds());
  EXPECT_EQ(contents(scratch / "a"), "2nd");
}

TEST(PublishFile, leaves_no_staging_file) {
  ScratchDirectory scratch;
  ASSERT_THAT(publish_file(posix_file_system(), scratch / "a", as_bytes("x")), Succeeds());
  EXPECT_THAT(*posix_file_system().list(scratch.path()), ElementsAre("a"));
}

TEST(PublishFile, is_not_stopped_by_what_a_crash_left_behind) {
  ScratchDirectory scratch;
  auto& files = posix_file_system();
  {
    const auto left = *files.open(scratch / "a.staging", OpenMode::create_new);
    ASSERT_THAT(left->write_at(0, as_bytes("longer than what will be published")), Succeeds());
  }
  ASSERT_THAT(publish_file(files, scratch / "a", as_bytes("short")), Succeeds());
  EXPECT_EQ(contents(scratch / "a"), "short");
  EXPECT_THAT(*files.list(scratch.path()), ElementsAre("a"));
}

TEST(PublishFile, contents_are_synced_before_the_name_and_the_name_before_success) {
  ScratchDirectory scratch;
  FaultyFileSystem files(posix_file_system());
  files.fail(Operation::rename, 1, Errc::io_error);
  ASSERT_THAT(publish_file(files, scratch / "a", as_bytes("x")), FailsWith(Errc::io_error));
  EXPECT_EQ(files.calls(Operation::sync_data), 1u);
  EXPECT_EQ(files.calls(Operation::sync_directory), 0u);
  ASSERT_THAT(publish_file(files, scratch / "a", as_bytes("x")), Succeeds());
  EXPECT_EQ(files.calls(Operation::sync_data), 2u);
  EXPECT_EQ(files.calls(Operation::sync_directory), 1u);
}

TEST(PublishFile, whichever_call_fails_it_is_reported_and_the_file_is_old_or_new) {
  for (const auto length : {FaultLength::once, FaultLength::for_ever}) {
    std::uint64_t nth = 1;
    for (;; ++nth) {
      ScratchDirectory scratch;
      ASSERT_THAT(publish_file(posix_file_system(), scratch / "a", as_bytes("old")), Succeeds());
      FaultyFileSystem files(posix_file_system());
      files.fail_any(nth, Errc::no_space, length);
      const auto published = publish_file(files, scratch / "a", as_bytes("new"));
      if (files.faults() == 0) {
        EXPECT_THAT(published, Succeeds());
        break;
      }
      EXPECT_THAT(published, FailsWith(Errc::no_space)) << "call " << nth;
      EXPECT_THAT(contents(scratch / "a"), AnyOf("old", "new")) << "call " << nth;
    }
    // Remove, open, write, sync, rename, sync of the directory.
    EXPECT_EQ(nth, 7u);
  }
}

TEST(PublishFile, a_name_without_directory_is_one_of_the_current_directory) {
  ScratchDirectory scratch;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  EXPECT_THAT(publish_file(posix_file_system(), "a", as_bytes("x")), Succeeds());
  std::filesystem::current_path(before);
  EXPECT_EQ(contents(scratch / "a"), "x");
}

TEST(PublishFile, a_missing_directory_is_not_found) {
  ScratchDirectory scratch;
  EXPECT_THAT(publish_file(posix_file_system(), scratch / "none/a", as_bytes("x")),
              FailsWith(Errc::not_found, HasSubstr("none/a")));
}

TEST(ReadFile, returns_all_of_a_file_up_to_its_limit) {
  ScratchDirectory scratch;
  auto& files = posix_file_system();
  ASSERT_THAT(publish_file(files, scratch / "a", as_bytes("hello")), Succeeds());
  EXPECT_EQ(as_text(*read_file(files, scratch / "a", 5)), "hello");
  EXPECT_THAT(read_file(files, scratch / "a", 4),
              FailsWith(Errc::corruption, AllOf(HasSubstr("/a: has 5 bytes"), HasSubstr("the 4"))));
}

TEST(ReadFile, an_empty_file_is_empty_and_a_missing_one_not_found) {
  ScratchDirectory scratch;
  auto& files = posix_file_system();
  ASSERT_THAT(publish_file(files, scratch / "a", {}), Succeeds());
  EXPECT_TRUE(read_file(files, scratch / "a", 0)->empty());
  EXPECT_THAT(read_file(files, scratch / "b", 0), FailsWith(Errc::not_found, HasSubstr("/b")));
}

TEST(ReadFile, a_failed_read_is_reported) {
  ScratchDirectory scratch;
  FaultyFileSystem files(posix_file_system());
  ASSERT_THAT(publish_file(files, scratch / "a", as_bytes("hello")), Succeeds());
  files.fail(Operation::read, 1, Errc::io_error);
  EXPECT_THAT(read_file(files, scratch / "a", 100), FailsWith(Errc::io_error, HasSubstr("/a: ")));
}

}  // namespace
}  // namespace quartz::io
