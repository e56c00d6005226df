#include "cli/measured_search.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/collection_search.hpp"
#include "cli/peer_hnswlib.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::UnorderedElementsAre;

// ThreadSanitizer looks for deadlocks among all locks of hnswlib, one for each row.
constexpr std::size_t kRowCount = 300;

// Rows (0, 0), (1, 0), (2, 0)...
std::vector<float> line_of(std::size_t count) {
  std::vector<float> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back(static_cast<float>(i));
    rows.push_back(0);
  }
  return rows;
}

void expect_to_find_neighbours(MeasuredSearch& search) {
  std::vector<std::uint64_t> rows = {99};
  ASSERT_THAT(search.search(std::vector<float>{150.2F, 0}, 3, 50, rows), Succeeds());
  EXPECT_THAT(rows, UnorderedElementsAre(149, 150, 151));
}

TEST(MeasuredSearch, finds_rows_of_a_collection) {
  const ScratchDirectory scratch;
  auto engine = StorageEngine::open(scratch / "data").value();
  auto points =
      VectorCollection::open(engine, "line", {.dimensions = 2, .metric = Metric::l2}).value();
  const std::vector<float> rows = line_of(kRowCount);
  for (std::size_t i = 0; i < kRowCount; ++i) {
    ASSERT_THAT(points.upsert(std::to_string(i), std::span(rows).subspan(2 * i, 2)), Succeeds());
  }
  expect_to_find_neighbours(*make_collection_search(points));
}

TEST(MeasuredSearch, finds_rows_by_hnswlib) {
  const std::vector<float> rows = line_of(kRowCount);
  std::uint64_t told = 0;
  const auto listen = [&](std::uint64_t done) {
    told = done;
    return Result<void>();
  };
  const auto peer = build_hnswlib(rows, 2, {}, 1, listen);
  if (!has_hnswlib()) {
    EXPECT_THAT(peer, FailsWith(Errc::unsupported));
    return;
  }
  ASSERT_THAT(peer, Succeeds());
  EXPECT_GT(told, 0u);
  EXPECT_LE(told, kRowCount);
  expect_to_find_neighbours(**peer);
}

TEST(MeasuredSearch, building_hnswlib_ends_when_told) {
  if (!has_hnswlib()) GTEST_SKIP() << "built without hnswlib";
  const std::vector<float> rows = line_of(5000);
  const auto enough = [](std::uint64_t) -> Result<void> {
    return Error(Errc::cancelled, "enough");
  };
  EXPECT_THAT(build_hnswlib(rows, 2, {}, 1, enough), FailsWith(Errc::cancelled));
}

}  // namespace
}  // namespace quartz::cli
