#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "quartz/quartz.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

// A database as an earlier version of Quartz left it: each version opens it, and finds what was
// written. One for each format, made once by that format's first version and never again.

namespace quartz {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

constexpr int kPoints = 40;

// Far off, but within what every clock can say.
constexpr ExpiryTime kExpiresAt{std::chrono::milliseconds(4'000'000'000'000)};

std::vector<float> vector_of(int point) {
  return {static_cast<float>(point), static_cast<float>(point % 7), 1};
}

std::string payload_of(int point) {
  return R"({"even": )" + std::string(point % 2 == 0 ? "true" : "false") + "}";
}

// Everything that is read back below: rows in the levels and in the log, of two keyspaces, removed
// ones, one that expires, and points with their index.
void write_golden_database(const std::filesystem::path& directory) {
  // Small files, for they are kept with the sources.
  StorageEngine engine =
      StorageEngine::open(directory, {.segment_bytes = std::size_t{64} << 10}).value();
  const Keyspace users = engine.create_keyspace("users").value();
  engine.put("levels", "old").value();
  engine.put(users, "alice", "1").value();
  for (const char* key : {"r1", "r2", "r3"}) engine.put(key, key).value();
  auto points = VectorCollection::open(engine, "points",
                                       {.dimensions = 3,
                                        .metric = Metric::l2,
                                        .payload_indexes = {{"even", PayloadIndexKind::boolean}}})
                    .value();
  for (int point = 0; point < kPoints; ++point) {
    points.upsert(std::to_string(point), vector_of(point), payload_of(point)).value();
  }
  points.wait_until_indexed().value();
  points.save_index().value();
  engine.flush().value();
  // The log's part.
  engine.put("log", "new").value();
  engine.put("levels", "replaced").value();
  engine.put("expires", "later", {.expires_at = kExpiresAt, .kind = 3}).value();
  engine.remove(users, "alice").value();
  engine.remove_range("r1", "r3").value();
  WriteBatch batch;
  batch.put(users, "bob", "2").remove(points, "7");
  engine.write(batch).value();
  points = VectorCollection::open(engine, "points").value();
  engine.close().value();
}

void expect_golden_database(const std::filesystem::path& directory) {
  EXPECT_TRUE(verify(directory).value().damage.empty());
  StorageEngine engine = StorageEngine::open(directory).value();
  const Keyspace users = engine.keyspace("users").value();
  EXPECT_THAT(engine.get("levels").value(), Optional(std::string("replaced")));
  EXPECT_THAT(engine.get("log").value(), Optional(std::string("new")));
  const auto expires = engine.get_pinned("expires").value();
  ASSERT_TRUE(expires);
  EXPECT_EQ(expires->view(), "later");
  EXPECT_EQ(expires->attributes(), (RowAttributes{.expires_at = kExpiresAt, .kind = 3}));
  EXPECT_FALSE(engine.contains(users, "alice").value());
  EXPECT_THAT(engine.get(users, "bob").value(), Optional(std::string("2")));
  std::vector<std::string> keys;
  for (const auto& [key, value] : engine.scan()) keys.emplace_back(key);
  EXPECT_THAT(keys, ElementsAre("expires", "levels", "log", "r3"));

  const auto points = VectorCollection::open(engine, "points").value();
  EXPECT_EQ(points.count(), kPoints - 1u);
  const auto hits =
      points.search(vector_of(7), {.k = 2, .filter = "even == true", .with_payload = true}).value();
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_EQ(hits[0].id, "8");
  EXPECT_EQ(hits[0].payload, payload_of(8));
  EXPECT_FALSE(points.contains("7").value());
}

class GoldenDatabase : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenDatabase, opens_and_holds_what_was_written) {
  const ScratchDirectory scratch;
  std::filesystem::copy(
      std::filesystem::path(QUARTZ_SOURCE_DIRECTORY) / "tests/golden" / GetParam(),
      scratch / "data", std::filesystem::copy_options::recursive);
  expect_golden_database(scratch / "data");
}

INSTANTIATE_TEST_SUITE_P(Formats, GoldenDatabase, ::testing::Values("format_2"),
                         [](const auto& format) { return std::string(format.param); });

// For a new format, $QUARTZ_WRITE_GOLDEN_DATABASE says where the database shall stay.
TEST(NewGoldenDatabase, holds_the_same) {
  const ScratchDirectory scratch;
  const char* const wanted = std::getenv("QUARTZ_WRITE_GOLDEN_DATABASE");
  const std::filesystem::path directory = wanted == nullptr ? scratch / "data" : wanted;
  write_golden_database(directory);
  if (wanted == nullptr) expect_golden_database(directory);
}

}  // namespace
}  // namespace quartz
