#include <span>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crash/writer.hpp"

// The tests, and under another name the process that they kill.
int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (argc > 1 && argv[1] == quartz::kWriteUntilKilled) {
    quartz::write_until_killed(quartz::WriterOrder::from_arguments(arguments.subspan(2)));
  }
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
