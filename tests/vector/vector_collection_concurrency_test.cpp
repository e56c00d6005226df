#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "storage/engine.hpp"
#include "support/result_matchers.hpp"
#include "vector/collection.hpp"
#include "vector/sample_collection.hpp"

namespace quartz {
namespace {

using testing::_;
using testing::SizeIs;

using Vector = std::vector<float>;

class VectorCollectionConcurrencyTest : public VectorCollectionTest {
 protected:
  static constexpr std::size_t kDimensions = 4;

  static VectorCollectionConfig some_config() {
    return {
        .dimensions = kDimensions, .metric = Metric::l2, .index = {.m = 8, .ef_construction = 40}};
  }
  static void fill(VectorCollection& docs, std::size_t count) {
    Random random(1);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_THAT(docs.upsert(std::to_string(i), random_vector(random, kDimensions)), Succeeds());
    }
  }
};

// Two points change places in every batch: a search that saw half of one would find both of them in
// the same place, or none.
TEST_F(VectorCollectionConcurrencyTest, a_search_sees_a_batch_whole_or_not_at_all) {
  VectorCollection docs = open(some_config());
  fill(docs, 3000);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  const Vector places[] = {{10, 10, 10, 10}, {-10, -10, -10, -10}};
  const auto write = [&](int round) {
    WriteBatch batch;
    batch.upsert(docs, "a", places[round % 2]).upsert(docs, "b", places[1 - round % 2]);
    ASSERT_THAT(engine_.write(batch), Succeeds());
  };
  write(0);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int round = 1; round < 1500; ++round) write(round);
    done = true;
  });
  std::size_t searches = 0;
  while (!done || searches == 0) {
    for (const Vector& place : places) {
      const auto hits = docs.search_range(place, 1.0F, {.ef_search = 64}).value();
      EXPECT_THAT(hits, SizeIs(1));
    }
    ++searches;
  }
  writer.join();
}

TEST_F(VectorCollectionConcurrencyTest, everything_may_run_beside_everything) {
  VectorCollection docs = VectorCollection::open(engine_, "docs", some_config(),
                                                 {.index_threads = 2, .pending_points_max = 500})
                              .value();
  fill(docs, 2500);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      Random random(t);
      for (int i = 0; i < 3000; ++i) {
        // Each has ids of its own.
        const std::string id = std::to_string(t) + "/" + std::to_string(random.below(1200));
        if (random.one_in(4)) {
          ASSERT_THAT(docs.remove(id), Succeeds());
        } else {
          ASSERT_THAT(docs.upsert(id, random_vector(random, kDimensions)), Succeeds());
        }
      }
    });
  }
  threads.emplace_back([&] {
    Random random(7);
    while (!done) {
      const auto hits = docs.search(random_vector(random, kDimensions)).value();
      EXPECT_THAT(hits, SizeIs(10));
      EXPECT_THAT(docs.search(random_vector(random, kDimensions), {.exact = true}), Succeeds());
    }
  });
  threads.emplace_back([&] {
    for (const std::uint32_t m : {6u, 8u}) {
      ASSERT_THAT(docs.reindex({.m = m, .ef_construction = 40}), Succeeds());
      ASSERT_THAT(docs.save_index(), Succeeds());
    }
    EXPECT_GT(docs.statistics().memory_bytes, 0u);
  });
  for (std::size_t i = 0; i < threads.size(); ++i) {
    if (i == 2) continue;
    threads[i].join();
  }
  done = true;
  threads[2].join();
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  const auto points = docs.scroll({.limit = 100'000}).value();
  EXPECT_EQ(docs.count(), points.size());
  EXPECT_GE(docs.measure_recall({.ef_search = 100}).value(), 0.95);
}

// Holds a writer between the moment when a collection knows of its record and the moment when
// anybody can read it.
class HeldWriter final : public storage::RecordObserver {
 public:
  void appended(storage::Sequence, std::span<const std::byte>, std::uint32_t) noexcept override {
    held.store(true);
    released.wait(false);
  }
  std::atomic<bool> held{false};
  std::atomic<bool> released{false};
};

TEST_F(VectorCollectionConcurrencyTest, a_new_index_misses_no_write_that_is_under_way) {
  VectorCollection docs = open(some_config());
  fill(docs, 2500);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  HeldWriter writer;
  engine_.engine().add_observer(&writer);
  std::thread writing([&] { ASSERT_THAT(docs.upsert("late", Vector{9, 9, 9, 9}), Succeeds()); });
  while (!writer.held) std::this_thread::yield();
  std::thread building(
      [&] { ASSERT_THAT(docs.reindex({.m = 6, .ef_construction = 40}), Succeeds()); });
  while (!docs.statistics().rebuilding) std::this_thread::yield();
  // Long enough to read the rows, as a rule; what must come out does not depend on it.
  for (int i = 0; i < 20'000; ++i) std::this_thread::yield();
  writer.released.store(true);
  writer.released.notify_all();
  writing.join();
  building.join();
  engine_.engine().remove_observer(&writer);
  EXPECT_EQ(docs.count(), 2501u);
  EXPECT_THAT(docs.search_range(Vector{9, 9, 9, 9}, 0.5F).value(), SizeIs(1));
}

TEST_F(VectorCollectionConcurrencyTest, opens_again_while_the_last_handle_goes) {
  for (int round = 0; round < 20; ++round) {
    auto docs = std::make_unique<VectorCollection>(open(some_config()));
    if (round == 0) fill(*docs, 2500);
    ASSERT_THAT(docs->upsert("round", Vector{1, 2, 3, static_cast<float>(round)}), Succeeds());
    std::thread leaving([&] { docs.reset(); });
    const VectorCollection again = open(some_config());
    EXPECT_EQ(again.count(), 2501u);
    leaving.join();
  }
}

// The places of the first points are made while others look through all that there are.
TEST_F(VectorCollectionConcurrencyTest,
       whoever_looks_through_all_points_may_do_so_beside_the_first) {
  for (int round = 0; round < 40; ++round) {
    VectorCollection docs =
        VectorCollection::open(engine_, "docs" + std::to_string(round), some_config()).value();
    std::atomic<bool> looking{false};
    std::atomic<bool> done{false};
    std::thread reader([&] {
      while (!done) {
        EXPECT_LE(docs.search(Vector(kDimensions), {.exact = true}).value().size(), 1u);
        const std::optional<std::string> id = docs.collection().random_id();
        EXPECT_TRUE(!id || *id == "first");
        EXPECT_LE(docs.collection().random_ids(2).size(), 1u);
        looking = true;
      }
    });
    while (!looking) std::this_thread::yield();
    ASSERT_THAT(docs.upsert("first", Vector{1, 2, 3, 4}), Succeeds());
    done = true;
    reader.join();
    EXPECT_THAT(docs.search(Vector(kDimensions), {.exact = true}).value(), SizeIs(1));
    EXPECT_EQ(docs.collection().random_id(), "first");
  }
}

// The engine goes at the worst moment: the collection follows its writes already, and its threads
// have yet to be started.
TEST_F(VectorCollectionConcurrencyTest, does_not_open_when_the_engine_is_closed_meanwhile) {
  {
    VectorCollection docs = open(some_config());
    fill(docs, 2100);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  }
  ASSERT_THAT(engine_.close(), Succeeds());
  // What is read between the two moments is told only if the index cannot be used.
  for (const auto& file : std::filesystem::directory_iterator(scratch_ / "db" / "vectors")) {
    std::filesystem::resize_file(file.path(), 100);
  }
  bool closed_meanwhile = false;
  StorageConfig telling = config();
  telling.logger = [&](LogLevel, std::string_view line) {
    if (line.find("building its index anew") == std::string_view::npos) return;
    std::thread closing([&] { closed_meanwhile = engine_.close().has_value(); });
    closing.join();
  };
  engine_ = StorageEngine::open(scratch_ / "db", telling).value();
  EXPECT_THAT(VectorCollection::open(engine_, "docs", some_config()), FailsWith(Errc::closed, _));
  EXPECT_TRUE(closed_meanwhile);
}

TEST_F(VectorCollectionConcurrencyTest, writers_wait_while_too_many_points_are_pending) {
  VectorCollection docs =
      VectorCollection::open(engine_, "docs", some_config(), {.pending_points_max = 100}).value();
  fill(docs, 2500);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  Random random(2);
  for (int i = 0; i < 2000; ++i) {
    ASSERT_THAT(docs.upsert("n" + std::to_string(i), random_vector(random, kDimensions)),
                Succeeds());
    EXPECT_LE(docs.statistics().vectors_pending, 101u);
  }
}

}  // namespace
}  // namespace quartz
