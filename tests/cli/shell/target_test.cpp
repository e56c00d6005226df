#include "cli/shell/target.hpp"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Optional;

ShellTarget found(std::string_view target) { return server_in(target, {}, {}).value(); }

TEST(ShellTarget, is_a_directory_unless_it_looks_like_a_server) {
  EXPECT_THAT(directory_in("data").value(), Optional(std::string("data")));
  EXPECT_THAT(directory_in("/var/lib/a:1").value(), Optional(std::string("/var/lib/a:1")));
  EXPECT_THAT(directory_in("a:").value(), Optional(std::string("a:")));
  EXPECT_THAT(directory_in("file:data%20b").value(), Optional(std::string("data b")));
  for (const char* const server : {"localhost:7379", "[::1]:7379", "redis://a", "quartzs://a"}) {
    EXPECT_FALSE(directory_in(server).value().has_value()) << server;
  }
}

TEST(ShellTarget, has_the_host_and_the_port_of_its_server) {
  EXPECT_EQ(found("localhost:1").name, "localhost:1");
  EXPECT_EQ(found("[::1]:7379").endpoint.host, "::1");
  EXPECT_EQ(found("redis://a").endpoint.port, 6379);
  EXPECT_TRUE(found("rediss://a").endpoint.encrypted);
}

TEST(ShellTarget, takes_no_secret_from_an_argument) {
  const auto refused = server_in("redis://user:hidden@a", {}, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("--secret-file"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr("hidden")));
}

TEST(ShellTarget, reads_the_secret_of_its_user_from_a_file_or_the_environment) {
  const ScratchDirectory scratch;
  const std::string path = (scratch / "secret").string();
  write_file(path, "from the file\nmore\n");
  EXPECT_EQ(server_in("a:1", {.name = "u", .secret_file = path}, {}).value().endpoint.secret,
            "from the file");
  ::setenv("QUARTZ_SHELL_SECRET", "from the environment", 1);
  const ShellTarget target = server_in("a:1", {.name = "u"}, {}).value();
  ::unsetenv("QUARTZ_SHELL_SECRET");
  EXPECT_EQ(target.endpoint.secret, "from the environment");
  EXPECT_EQ(target.endpoint.user, "u");
}

TEST(ShellTarget, refuses_a_user_without_a_secret) {
  ::unsetenv("QUARTZ_SHELL_SECRET");
  EXPECT_EQ(server_in("a:1", {.name = "u"}, {}).error().code(), Errc::invalid_argument);
  const ScratchDirectory scratch;
  write_file(scratch / "empty", "\n");
  const ShellUser user{.name = "u", .secret_file = (scratch / "empty").string()};
  EXPECT_EQ(server_in("a:1", user, {}).error().code(), Errc::invalid_argument);
  const ShellUser absent{.name = "u", .secret_file = (scratch / "absent").string()};
  EXPECT_FALSE(server_in("a:1", absent, {}));
}

}  // namespace
}  // namespace quartz::cli
