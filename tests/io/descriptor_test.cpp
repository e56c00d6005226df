#include "io/descriptor.hpp"

#include <fcntl.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::io {
namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) != -1; }

TEST(SystemError, the_code_says_what_the_caller_can_do) {
  const auto code = [](int error) { return system_error("x", "write", error).code(); };
  EXPECT_EQ(code(ENOSPC), Errc::no_space);
  EXPECT_EQ(code(EDQUOT), Errc::no_space);
  EXPECT_EQ(code(EACCES), Errc::read_only);
  EXPECT_EQ(code(EPERM), Errc::read_only);
  EXPECT_EQ(code(EROFS), Errc::read_only);
  EXPECT_EQ(code(ENOENT), Errc::not_found);
  EXPECT_EQ(code(EEXIST), Errc::already_exists);
  EXPECT_EQ(code(EIO), Errc::io_error);
}

TEST(SystemError, the_message_names_path_deed_and_reason) {
  EXPECT_EQ(system_error("data/LOCK", "open", ENOENT).message(),
            "data/LOCK: cannot open: No such file or directory");
}

TEST(RetryInterrupted, repeats_until_no_signal_interferes) {
  int calls = 0;
  const int result = retry_interrupted([&] {
    errno = EINTR;
    return ++calls < 3 ? -1 : 7;
  });
  EXPECT_EQ(result, 7);
  EXPECT_EQ(calls, 3);
}

TEST(RetryInterrupted, hands_any_other_failure_back) {
  int calls = 0;
  const int result = retry_interrupted([&] {
    ++calls;
    errno = EIO;
    return -1;
  });
  EXPECT_EQ(result, -1);
  EXPECT_EQ(calls, 1);
}

TEST(Descriptor, is_closed_with_its_last_owner) {
  ScratchDirectory scratch;
  int number = -1;
  {
    Descriptor first = *open_descriptor(scratch.path(), O_RDONLY | O_DIRECTORY);
    number = first.get();
    const Descriptor second = std::move(first);
    EXPECT_EQ(second.get(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Descriptor, does_not_survive_exec) {
  ScratchDirectory scratch;
  const auto opened = open_descriptor(scratch / "file", O_RDWR | O_CREAT);
  ASSERT_THAT(opened, Succeeds());
  EXPECT_EQ(::fcntl(opened->get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

// In a child, which can close its standard streams without harm. It answers by its exit status.
TEST(Descriptor, is_never_one_of_the_standard_streams) {
  ScratchDirectory scratch;
  const std::string path = (scratch / "file").string();
  const pid_t child = ::fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    for (int number = 0; number < 3; ++number) ::close(number);
    const auto opened = open_descriptor(path, O_RDWR | O_CREAT);
    const bool right = opened && opened->get() >= 3 && !is_open(0) && !is_open(1) &&
                       (::fcntl(opened->get(), F_GETFD) & FD_CLOEXEC) != 0;
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Descriptor, a_missing_file_is_not_found) {
  ScratchDirectory scratch;
  EXPECT_THAT(open_descriptor(scratch / "none", O_RDONLY),
              FailsWith(Errc::not_found, testing::HasSubstr("none: cannot open: No such file")));
}

}  // namespace
}  // namespace quartz::io
