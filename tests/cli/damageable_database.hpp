#pragma once

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {

/// A database with a thousand rows in the levels, of which a table can be damaged.
class DamageableDatabase : public testing::Test {
 protected:
  void SetUp() override {
    std::string rows;
    for (int row = 0; row < 1000; ++row) rows += "key" + std::to_string(row) + "\tvalue of a row\n";
    ASSERT_THAT(run_tool({"load", data_, "-", "-q"}, rows), ExitsWith(0));
    ASSERT_THAT(run_tool({"compact", data_, "-q"}), ExitsWith(0));
  }

  // Flips a bit in the middle of the largest table file; its path within the database.
  std::string damage_a_table() {
    std::filesystem::path largest;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_)) {
      if (entry.path().extension() != ".sst") continue;
      if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) {
        largest = entry.path();
      }
    }
    std::string bytes = file_text(largest);
    bytes[bytes.size() / 4] = static_cast<char>(bytes[bytes.size() / 4] ^ 1);
    write_file(largest, bytes);
    return largest.filename().string();
  }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

}  // namespace quartz
