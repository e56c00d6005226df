#include "io/staged_file.hpp"

#include <optional>
#include <string>
#include <utility>

#include "base/coding.hpp"
#include "support/corrupt_file.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::io {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StagedFileTest : public testing::Test {
 protected:
  std::vector<std::string> names() const { return *posix_file_system().list(scratch_.path()); }

  ScratchDirectory scratch_;
  FaultyFileSystem files_{posix_file_system()};
};

TEST_F(StagedFileTest, has_its_name_from_the_moment_of_its_publication) {
  auto staged = StagedFile::create(files_, scratch_ / "a").value();
  ASSERT_THAT(staged.file().write_at(0, as_bytes("one ")), Succeeds());
  ASSERT_THAT(staged.file().write_at(4, as_bytes("two")), Succeeds());
  EXPECT_THAT(names(), ElementsAre("a.staging"));
  ASSERT_THAT(staged.publish(), Succeeds());
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_EQ(file_contents(scratch_ / "a"), "one two");
}

TEST_F(StagedFileTest, that_is_not_published_leaves_the_old_file_and_nothing_else) {
  overwrite_file(scratch_ / "a", "old");
  {
    auto staged = StagedFile::create(files_, scratch_ / "a").value();
    ASSERT_THAT(staged.file().write_at(0, as_bytes("new")), Succeeds());
  }
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_EQ(file_contents(scratch_ / "a"), "old");
}

TEST_F(StagedFileTest, is_its_new_owners_after_a_move) {
  std::optional<StagedFile> first = StagedFile::create(files_, scratch_ / "a").value();
  StagedFile second = *std::move(first);
  first.reset();
  ASSERT_THAT(second.publish(), Succeeds());
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_F(StagedFileTest, replaces_what_a_crash_left_behind) {
  overwrite_file(scratch_ / "a.staging", "longer than what will be published");
  auto staged = StagedFile::create(files_, scratch_ / "a").value();
  ASSERT_THAT(staged.publish(), Succeeds());
  EXPECT_EQ(file_contents(scratch_ / "a"), "");
}

TEST_F(StagedFileTest, whichever_call_of_a_publication_fails_the_file_is_old_or_new) {
  std::uint64_t nth = 1;
  for (;; ++nth) {
    overwrite_file(scratch_ / "a", "old");
    std::optional<StagedFile> staged = StagedFile::create(files_, scratch_ / "a").value();
    ASSERT_THAT(staged->file().write_at(0, as_bytes("new")), Succeeds());
    const std::uint64_t faults_before = files_.faults();
    files_.fail_any(nth, Errc::io_error);
    const auto published = staged->publish();
    const bool failed = files_.faults() > faults_before;
    files_.clear_faults();
    staged.reset();
    EXPECT_THAT(names(), ElementsAre("a")) << "call " << nth;
    if (!failed) {
      EXPECT_THAT(published, Succeeds());
      break;
    }
    EXPECT_THAT(published, FailsWith(Errc::io_error)) << "call " << nth;
    EXPECT_THAT(file_contents(scratch_ / "a"), AnyOf("old", "new")) << "call " << nth;
  }
  EXPECT_EQ(nth, 4u);  // Sync, rename, sync of the directory.
}

TEST_F(StagedFileTest, in_a_missing_directory_is_not_found) {
  EXPECT_THAT(StagedFile::create(files_, scratch_ / "none/a"),
              FailsWith(Errc::not_found, HasSubstr("none/a.staging")));
  EXPECT_THAT(names(), IsEmpty());
}

}  // namespace
}  // namespace quartz::io
