#include "io/directory_lock.hpp"

#include <array>
#include <optional>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "base/coding.hpp"
#include "io/file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/tmpfs_mount.hpp"

namespace quartz::io {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// Runs `body` in a forked child; its result, a small number, comes back as the exit status.
template <class Body>
int in_child(Body&& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int try_in_child(const Path& directory) {
  return in_child([&] { return DirectoryLock::acquire(directory) ? 0 : 1; });
}

TEST(DirectoryLock, the_file_names_the_process_that_holds_it) {
  ScratchDirectory scratch;
  const auto lock = DirectoryLock::acquire(scratch.path());
  ASSERT_THAT(lock, Succeeds());
  EXPECT_EQ(as_text(*read_file(posix_file_system(), scratch / "LOCK", 100)),
            std::to_string(::getpid()) + "\n");
}

TEST(DirectoryLock, a_second_handle_of_the_same_process_is_refused) {
  ScratchDirectory scratch;
  const auto lock = DirectoryLock::acquire(scratch.path());
  EXPECT_THAT(DirectoryLock::acquire(scratch.path()),
              FailsWith(Errc::busy, EndsWith("/LOCK is held by this process")));
}

TEST(DirectoryLock, another_name_of_the_directory_is_the_same_directory) {
  ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "real");
  std::filesystem::create_directory_symlink(scratch / "real", scratch / "alias");
  const auto lock = DirectoryLock::acquire(scratch / "real");
  EXPECT_THAT(DirectoryLock::acquire(scratch / "alias"), FailsWith(Errc::busy));
  EXPECT_THAT(DirectoryLock::acquire(scratch / "real/../real/."), FailsWith(Errc::busy));
}

TEST(DirectoryLock, removing_the_file_does_not_let_a_second_handle_in) {
  ScratchDirectory scratch;
  const auto lock = DirectoryLock::acquire(scratch.path());
  ASSERT_THAT(posix_file_system().remove(scratch / "LOCK"), Succeeds());
  EXPECT_THAT(DirectoryLock::acquire(scratch.path()), FailsWith(Errc::busy));
}

// The failing of POSIX record locks, which this kind does not share.
TEST(DirectoryLock, reading_and_closing_the_file_elsewhere_does_not_drop_it) {
  ScratchDirectory scratch;
  const auto lock = DirectoryLock::acquire(scratch.path());
  ASSERT_THAT(read_file(posix_file_system(), scratch / "LOCK", 100), Succeeds());
  EXPECT_EQ(try_in_child(scratch.path()), 1);
}

TEST(DirectoryLock, different_directories_do_not_get_in_each_others_way) {
  ScratchDirectory first;
  ScratchDirectory second;
  const auto one = DirectoryLock::acquire(first.path());
  const auto two = DirectoryLock::acquire(second.path());
  EXPECT_THAT(one, Succeeds());
  EXPECT_THAT(two, Succeeds());
}

TEST(DirectoryLock, is_released_with_its_last_owner) {
  ScratchDirectory scratch;
  {
    auto lock = DirectoryLock::acquire(scratch.path());
    ASSERT_THAT(lock, Succeeds());
    const DirectoryLock moved = *std::move(lock);
    EXPECT_THAT(DirectoryLock::acquire(scratch.path()), FailsWith(Errc::busy));
  }
  EXPECT_EQ(try_in_child(scratch.path()), 0);
  EXPECT_THAT(DirectoryLock::acquire(scratch.path()), Succeeds());
}

TEST(DirectoryLock, a_forked_child_is_refused_and_told_by_whom) {
  ScratchDirectory scratch;
  const auto lock = DirectoryLock::acquire(scratch.path());
  const std::string holder = "process " + std::to_string(::getpid());
  EXPECT_EQ(in_child([&] {
              const auto second = DirectoryLock::acquire(scratch.path());
              if (second) return 1;
              if (second.error().code() != Errc::busy) return 2;
              return second.error().message().ends_with("/LOCK is held by " + holder) ? 0 : 3;
            }),
            0);
}

TEST(DirectoryLock, a_child_that_destroys_its_copy_does_not_unlock_its_parent) {
  ScratchDirectory scratch;
  auto lock = DirectoryLock::acquire(scratch.path());
  ASSERT_THAT(lock, Succeeds());
  std::optional<DirectoryLock> held = *std::move(lock);
  EXPECT_EQ(in_child([&] {
              held.reset();
              return 0;
            }),
            0);
  EXPECT_EQ(try_in_child(scratch.path()), 1);
}

TEST(DirectoryLock, is_released_even_if_a_child_still_has_the_file_open) {
  ScratchDirectory scratch;
  auto lock = DirectoryLock::acquire(scratch.path());
  ASSERT_THAT(lock, Succeeds());
  std::optional<DirectoryLock> held = *std::move(lock);
  const pid_t child = ::fork();
  if (child == 0) {
    while (true) ::pause();
  }
  held.reset();
  EXPECT_THAT(DirectoryLock::acquire(scratch.path()), Succeeds());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

// The child tells through a pipe that it holds the lock, and is then killed as it stands.
TEST(DirectoryLock, is_released_when_its_process_is_killed) {
  ScratchDirectory scratch;
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = DirectoryLock::acquire(scratch.path());
    const char answer = lock ? 'y' : 'n';
    (void)!::write(pipe[1], &answer, 1);
    while (true) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(pipe[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_THAT(DirectoryLock::acquire(scratch.path()),
              FailsWith(Errc::busy, EndsWith("is held by process " + std::to_string(child))));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_THAT(DirectoryLock::acquire(scratch.path()), Succeeds());
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(DirectoryLock, a_shorter_process_number_leaves_nothing_of_a_longer_one) {
  ScratchDirectory scratch;
  ASSERT_THAT(publish_file(posix_file_system(), scratch / "LOCK", as_bytes("123456789012345\n")),
              Succeeds());
  const auto lock = DirectoryLock::acquire(scratch.path());
  EXPECT_EQ(as_text(*read_file(posix_file_system(), scratch / "LOCK", 100)),
            std::to_string(::getpid()) + "\n");
}

TEST(DirectoryLock, a_missing_directory_is_not_found) {
  ScratchDirectory scratch;
  EXPECT_THAT(DirectoryLock::acquire(scratch / "none"),
              FailsWith(Errc::not_found, HasSubstr("/none: cannot lock: ")));
}

TEST(DirectoryLock, a_full_disk_can_be_locked) {
  const auto disk = TmpfsMount::create(64 * 1024);
  if (disk == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  const auto glutton = *posix_file_system().open(disk->path() / "a", OpenMode::create_new);
  const std::vector<std::byte> much(1 << 20);
  ASSERT_THAT(glutton->write_at(0, much), FailsWith(Errc::no_space));
  const auto lock = DirectoryLock::acquire(disk->path());
  ASSERT_THAT(lock, Succeeds());
  EXPECT_EQ(try_in_child(disk->path()), 1);
}

TEST(DirectoryLock, a_read_only_file_system_cannot_be_locked) {
  const auto disk = TmpfsMount::create(64 * 1024);
  if (disk == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  ASSERT_TRUE(disk->make_read_only());
  EXPECT_THAT(DirectoryLock::acquire(disk->path()),
              FailsWith(Errc::read_only, HasSubstr("/LOCK: cannot open: ")));
}

}  // namespace
}  // namespace quartz::io
