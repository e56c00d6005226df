#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/service/database_fixture.hpp"
#include "server/service/strings.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

class ServiceRun : public DatabaseFixture {};

TEST_F(ServiceRun, an_operation_that_fails_leaves_nothing_written) {
  const auto failed = run([](DatabaseView& view) -> Result<bool> {
    view.transaction().put(view.database().rows, "a", "1");
    return Error(Errc::invalid_argument, "no");
  });
  EXPECT_THAT(failed, FailsWith(Errc::invalid_argument));
  EXPECT_EQ(read(engine(), "a"), "(none)");
}

TEST_F(ServiceRun, an_error_counts_only_if_nobody_came_between) {
  int runs = 0;
  const auto answer = run([&](DatabaseView& view) -> Result<std::string> {
    const auto row = strings::get(view, "a", Transaction::Look::depending);
    if (!row) return row.error();
    if (++runs == 1) {
      EXPECT_THAT(engine().put("a", "1"), Succeeds());
    }
    if (!*row) return Error(Errc::not_found, "no such key");
    return std::string((*row)->value);
  });
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(*answer, "1");
  EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace quartz::server
