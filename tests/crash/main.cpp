#include <span>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crash/vector_writer.hpp"
#include "crash/writer.hpp"

// The tests, and under other names the processes that they kill.
int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == quartz::kWriteUntilKilled) {
    quartz::write_until_killed(quartz::WriterOrder::from_arguments(arguments.subspan(2)));
  }
  if (mode == quartz::kWriteVectorsUntilKilled) {
    quartz::write_vectors_until_killed(
        quartz::VectorWriterOrder::from_arguments(arguments.subspan(2)));
  }
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
