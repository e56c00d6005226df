#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coding.hpp"
#include "io/file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/simulated_disk.hpp"

namespace quartz::io {
namespace {

using testing::AnyOf;

constexpr const char* kPath = "/directory/file";
constexpr std::string_view kOld = "what was there";
constexpr std::string_view kNew = "what takes its place, and is longer";

std::string contents(SimulatedDisk& disk) {
  const auto bytes = read_file(disk, kPath, 1 << 20);
  return bytes ? std::string(as_text(*bytes)) : bytes.error().to_string();
}

// Publishes once more over a file that is on disk, with the power cut at one call. Nothing once
// there are fewer calls than that.
std::optional<std::string> left_after(std::uint64_t nth, const PowerCut& cut) {
  SimulatedDisk disk;
  create_durable_directories(disk, "/directory").value();
  publish_file(disk, kPath, as_bytes(kOld)).value();
  disk.cut_power_at(nth, cut);
  const auto published = publish_file(disk, kPath, as_bytes(kNew));
  const bool was_cut = !disk.has_power();
  if (!was_cut) disk.cut_power(cut);
  disk.restore_power();
  if (was_cut) return contents(disk);
  EXPECT_THAT(published, Succeeds());
  EXPECT_EQ(contents(disk), kNew) << "although it was published";
  return std::nullopt;
}

void expect_old_or_new(const PowerCut& cut) {
  std::uint64_t nth = 1;
  for (; const auto left = left_after(nth, cut); ++nth) {
    EXPECT_THAT(*left, AnyOf(kOld, kNew)) << "call " << nth;
  }
  EXPECT_GT(nth, 4u);
}

TEST(Publication, whichever_call_meets_a_power_cut_the_file_is_old_or_new) {
  expect_old_or_new(PowerCut::losing_all());
  expect_old_or_new(PowerCut::keeping_all());
}

// What a file system may do that writes out names before bytes.
TEST(Publication, no_name_gets_ahead_of_its_bytes) {
  expect_old_or_new({.pages_kept = 0, .pages_torn = 0, .names_kept = 100});
  expect_old_or_new({.pages_kept = 0, .pages_torn = 100, .names_kept = 100});
  expect_old_or_new({.pages_kept = 0,
                     .pages_torn = 0,
                     .names_kept = 100,
                     .name_order = NameOrder::any,
                     .growth_order = GrowthOrder::any});
}

}  // namespace
}  // namespace quartz::io
