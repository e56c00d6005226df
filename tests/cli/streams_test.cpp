#include "cli/streams.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace {

// Called before each, and instead of it where it answers an error's number.
std::function<int(int descriptor)> at_fsync;

}  // namespace

// In place of the C library's, for this program: what was synced, and when, shows nowhere else.
extern "C" int fsync(int descriptor) {
  if (const int failure = at_fsync ? at_fsync(descriptor) : 0; failure != 0) {
    errno = failure;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace quartz::cli {
namespace {

using std::filesystem::perms;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class SyncWatch {
 public:
  explicit SyncWatch(std::function<int(int)> watch) { at_fsync = std::move(watch); }
  SyncWatch(const SyncWatch&) = delete;
  SyncWatch& operator=(const SyncWatch&) = delete;
  ~SyncWatch() { at_fsync = nullptr; }
};

bool is_directory(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
}

void write_whole(const std::filesystem::path& path, std::string_view text) {
  OutputStream output = OutputStream::create(path.string()).value();
  output.write(text);
  ASSERT_THAT(output.finish(), Succeeds());
}

std::vector<std::string> names_in(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

TEST(InputStream, a_missing_file_is_named) {
  EXPECT_THAT(InputStream::open("no/such/file"),
              FailsWith(Errc::io_error, HasSubstr("no/such/file")));
}

TEST(InputStream, lines_are_split_at_newlines_alone_and_counted) {
  ScratchDirectory scratch;
  write_file(scratch / "in", "one\r\n\nthree");
  InputStream input = InputStream::open((scratch / "in").string()).value();
  EXPECT_EQ(input.size(), 11u);
  std::string line;
  for (const char* expected : {"one\r", "", "three"}) {
    ASSERT_TRUE(input.read_line(line, 100).value());
    EXPECT_EQ(line, expected);
  }
  EXPECT_FALSE(input.read_line(line, 100).value());
  EXPECT_EQ(input.position(), 11u);
}

TEST(InputStream, a_line_beyond_the_limit_is_refused) {
  ScratchDirectory scratch;
  write_file(scratch / "in", std::string(1000, 'x'));
  InputStream input = InputStream::open((scratch / "in").string()).value();
  std::string line;
  EXPECT_THAT(input.read_line(line, 999), FailsWith(Errc::too_large, HasSubstr("999")));
}

TEST(OutputStream, a_file_has_its_name_only_when_it_is_whole) {
  ScratchDirectory scratch;
  const std::filesystem::path path = scratch / "out";
  {
    OutputStream output = OutputStream::create(path.string()).value();
    output.write("half");
    output.flush();
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
  OutputStream output = OutputStream::create(path.string()).value();
  output.write("whole");
  ASSERT_THAT(output.finish(), Succeeds());
  EXPECT_EQ(file_text(path), "whole");
}

TEST(OutputStream, a_file_is_on_the_disk_before_it_has_its_name_and_the_name_afterwards) {
  const ScratchDirectory scratch;
  const std::filesystem::path path = scratch / "out";
  std::vector<std::pair<bool, bool>> syncs;
  const SyncWatch watch([&](int descriptor) {
    syncs.emplace_back(is_directory(descriptor), std::filesystem::exists(path));
    return 0;
  });
  write_whole(path, "whole");
  EXPECT_THAT(syncs, ElementsAre(Pair(false, false), Pair(true, true)));
}

TEST(OutputStream, a_file_that_cannot_be_synced_leaves_the_old_one_and_nothing_else) {
  const ScratchDirectory scratch;
  write_file(scratch / "out", "old");
  const SyncWatch watch([](int) { return EIO; });
  {
    OutputStream output = OutputStream::create((scratch / "out").string()).value();
    output.write("new");
    EXPECT_THAT(output.finish(), FailsWith(Errc::io_error, HasSubstr("out")));
  }
  EXPECT_EQ(file_text(scratch / "out"), "old");
  EXPECT_THAT(names_in(scratch.path()), ElementsAre("out"));
}

TEST(OutputStream, a_name_that_cannot_be_synced_is_told) {
  const ScratchDirectory scratch;
  const SyncWatch watch([](int descriptor) { return is_directory(descriptor) ? EIO : 0; });
  OutputStream output = OutputStream::create((scratch / "out").string()).value();
  EXPECT_THAT(output.finish(), FailsWith(Errc::io_error, HasSubstr(scratch.path().string())));
}

TEST(OutputStream, a_new_file_is_for_its_owner_alone_and_a_replaced_one_keeps_its_rights) {
  const ScratchDirectory scratch;
  const auto rights_of = [](const std::filesystem::path& path) {
    return std::filesystem::status(path).permissions();
  };
  write_whole(scratch / "out", "new");
  EXPECT_EQ(rights_of(scratch / "out"), perms::owner_read | perms::owner_write);
  for (const perms rights : {perms::owner_read, perms(0640), perms(0664)}) {
    std::filesystem::permissions(scratch / "out", rights);
    write_whole(scratch / "out", "newer");
    EXPECT_EQ(rights_of(scratch / "out"), rights);
  }
}

TEST(OutputStream, neither_takes_a_file_of_another_name_nor_follows_a_link_of_one) {
  const ScratchDirectory scratch;
  write_file(scratch / "elsewhere", "precious");
  write_file(scratch / "first.partial", "the user's");
  std::filesystem::create_symlink("elsewhere", scratch / "second.partial");
  write_whole(scratch / "first", "whole");
  write_whole(scratch / "second", "whole");
  EXPECT_EQ(file_text(scratch / "first.partial"), "the user's");
  EXPECT_EQ(file_text(scratch / "elsewhere"), "precious");
  EXPECT_THAT(names_in(scratch.path()),
              ElementsAre("elsewhere", "first", "first.partial", "second", "second.partial"));
}

TEST(OutputStream, replaces_what_a_link_leads_to_and_leaves_the_link) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "far");
  write_file(scratch / "far" / "old", "old");
  std::filesystem::create_symlink("far/near", scratch / "out");
  for (const char* target : {"old", "not there yet"}) {
    std::filesystem::remove(scratch / "far" / "near");
    std::filesystem::create_symlink(target, scratch / "far" / "near");
    write_whole(scratch / "out", "new");
    EXPECT_EQ(file_text(scratch / "far" / target), "new");
    EXPECT_TRUE(std::filesystem::is_symlink(scratch / "out"));
    EXPECT_TRUE(std::filesystem::is_symlink(scratch / "far" / "near"));
  }
  EXPECT_THAT(names_in(scratch.path()), ElementsAre("far", "out"));
}

TEST(OutputStream, refuses_links_that_lead_to_each_other) {
  const ScratchDirectory scratch;
  std::filesystem::create_symlink("b", scratch / "a");
  std::filesystem::create_symlink("a", scratch / "b");
  EXPECT_THAT(OutputStream::create((scratch / "a").string()),
              FailsWith(Errc::io_error, HasSubstr("cannot follow")));
}

TEST(OutputStream, a_full_device_is_reported) {
  OutputStream output = OutputStream::create("/dev/full").value();
  output.write("anything");
  EXPECT_THAT(output.finish(), FailsWith(Errc::no_space, HasSubstr("/dev/full")));
  EXPECT_TRUE(output.stopped());
}

}  // namespace
}  // namespace quartz::cli
