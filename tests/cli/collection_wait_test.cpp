#include "cli/collection_wait.hpp"

#include <csignal>
#include <cstdlib>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/signals.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;

TEST(CollectionWait, answers_what_the_work_answers) {
  const ScratchDirectory scratch;
  auto engine = StorageEngine::open(scratch / "data").value();
  Console console;
  console.quiet = true;
  EXPECT_THAT(wait_for(engine, console, "working",
                       [](const auto& progress) {
                         progress(1, 2);
                         return Result<void>();
                       }),
              Succeeds());
  EXPECT_THAT(wait_for(engine, console, "working",
                       [](const auto&) -> Result<void> { return Error(Errc::no_space, "full"); }),
              FailsWith(Errc::no_space, HasSubstr("full")));
  EXPECT_THAT(engine.put("still", "open"), Succeeds());
}

// In a process of its own: signals are remembered once and for all.
[[noreturn]] void interrupt_endless_work(const std::filesystem::path& directory) {
  auto engine = StorageEngine::open(directory).value();
  Console console;
  console.quiet = true;
  remember_interruptions();
  const auto waited = wait_for(engine, console, "working", [&](const auto&) -> Result<void> {
    std::raise(SIGINT);
    while (engine.contains("key")) std::this_thread::yield();
    return Error(Errc::closed, "closed");
  });
  const bool cancelled = !waited && waited.error().code() == Errc::cancelled;
  std::_Exit(cancelled && !engine.contains("key") ? 7 : 1);
}

TEST(CollectionWaitDeathTest, ends_the_work_at_an_interruption_by_closing_the_engine) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const ScratchDirectory scratch;
  EXPECT_EXIT(interrupt_endless_work(scratch / "data"), testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace quartz::cli
