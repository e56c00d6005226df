#include <algorithm>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/payload_limits.hpp"
#include "quartz/vector/vector_point.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/index_file_sample.hpp"
#include "vector/sample.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = SlotStates::State;

class IndexFileRoundTrip : public testing::Test {
 protected:
  ScratchDirectory scratch_;
  io::FileSystem& files_ = io::posix_file_system();
  io::Path path_ = scratch_ / "index";
};

void expect_same_searches(HnswTestGraph& a, HnswTestGraph& b) {
  Random random(99);
  for (int i = 0; i < 50; ++i) {
    const std::vector<float> target = random_point(random, a.space.dimensions);
    EXPECT_EQ(a.nearest(target, 10, 40), b.nearest(target, 10, 40));
  }
}

void expect_same_links(const HnswLinks& a, const HnswLinks& b, std::size_t slot_count) {
  EXPECT_EQ(a.entry().slot, b.entry().slot);
  EXPECT_EQ(a.entry().level, b.entry().level);
  for (std::size_t at = 0; at < slot_count; ++at) {
    const auto slot = static_cast<Slot>(at);
    ASSERT_EQ(a.level_of(slot), b.level_of(slot));
    for (unsigned level = 0; level <= a.level_of(slot); ++level) {
      ASSERT_EQ(neighbours_of(a, slot, level), neighbours_of(b, slot, level));
    }
  }
}

TEST_F(IndexFileRoundTrip, a_loaded_graph_answers_the_same_searches) {
  IndexFileSample sample(8);
  sample.add(2000, 1);
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  EXPECT_EQ(loaded.points, sample.points);
  EXPECT_EQ(loaded.graph.states.end(), 2000u);
  EXPECT_EQ(loaded.graph.states.live_count(), 2000u);
  expect_same_links(loaded.graph.links, sample.graph.links, 2000);
  expect_same_searches(loaded.graph, sample.graph);
}

TEST_F(IndexFileRoundTrip, a_loaded_graph_grows_like_the_one_that_was_written) {
  IndexFileSample sample(8);
  sample.add(300, 1);
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  Random random(2);
  for (int i = 0; i < 300; ++i) {
    const std::vector<float> point = random_point(random, 8);
    EXPECT_EQ(loaded.graph.add(point), sample.graph.add(point));
  }
  expect_same_links(loaded.graph.links, sample.graph.links, 600);
}

TEST_F(IndexFileRoundTrip, what_the_index_is_of_comes_back) {
  IndexFileSample sample(8, 5);
  sample.add(10, 1);
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  const auto reader = IndexFileReader::open(files_, path_);
  ASSERT_THAT(reader, Succeeds());
  EXPECT_EQ(reader->identity(), some_identity());
  EXPECT_EQ(as_text(reader->parameters()), sample.parameters);
  EXPECT_EQ(reader->quantizer().parameters(), sample.quantizer.parameters());
  EXPECT_EQ(reader->m(), 5u);
  EXPECT_EQ(reader->slot_count(), 10u);
  EXPECT_EQ(reader->point_count(), 10u);
  EXPECT_FALSE(reader->has_vectors());
}

TEST_F(IndexFileRoundTrip, an_empty_index_comes_back_empty) {
  IndexFileSample sample(8);
  sample.parameters.clear();
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  EXPECT_THAT(loaded.points, IsEmpty());
  EXPECT_EQ(loaded.graph.links.entry().slot, kNoSlot);
  EXPECT_EQ(loaded.graph.states.end(), 0u);
  EXPECT_EQ(loaded.graph.add(std::vector<float>(8)), 0u);
}

TEST_F(IndexFileRoundTrip, vectors_come_back_where_they_are_kept_and_wanted) {
  IndexFileSample sample(5);
  sample.with_vectors = true;
  sample.add(100, 1);
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  const auto reader = IndexFileReader::open(files_, path_);
  ASSERT_THAT(reader, Succeeds());
  EXPECT_TRUE(reader->has_vectors());
  LoadedIndex with(5);
  ASSERT_THAT(with.load(*reader, true), Succeeds());
  for (Slot slot = 0; slot < 100; ++slot) {
    EXPECT_EQ(std::memcmp(with.vectors.at(slot), sample.vectors.at(slot), 5 * sizeof(float)), 0);
  }
  LoadedIndex without(5);
  ASSERT_THAT(without.load(*reader, false), Succeeds());
  EXPECT_EQ(without.vectors.capacity(), 0u);
  expect_same_searches(without.graph, sample.graph);
}

TEST_F(IndexFileRoundTrip, removed_slots_lead_through_the_graph_until_they_are_repaired) {
  IndexFileSample sample(8);
  sample.add(500, 1);
  for (Slot slot = 0; slot < 500; slot += 3) sample.remove(slot);
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  EXPECT_TRUE(loaded.graph.states.removed(3));
  EXPECT_EQ(loaded.graph.states.live_count(), 333u);
  expect_same_searches(loaded.graph, sample.graph);
  EXPECT_EQ(loaded.graph.repair(), 167u);
  sample.repair();
  expect_same_links(loaded.graph.links, sample.graph.links, 500);
}

TEST_F(IndexFileRoundTrip, free_slots_are_taken_again_lowest_first) {
  IndexFileSample sample(8);
  sample.add(50, 1);
  for (const Slot slot : {Slot{9}, Slot{4}, Slot{30}}) sample.remove(slot);
  sample.repair();
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  EXPECT_EQ(loaded.points, sample.points);
  expect_same_searches(loaded.graph, sample.graph);
  Random random(3);
  std::vector<Slot> taken;
  for (int i = 0; i < 4; ++i) taken.push_back(loaded.graph.add(random_point(random, 8)));
  EXPECT_THAT(taken, ElementsAre(4, 9, 30, 50));
}

TEST_F(IndexFileRoundTrip, pending_slots_are_free_and_nothing_of_them_is_stored) {
  IndexFileSample sample(8);
  sample.add(20, 1);
  const Slot pending = sample.graph.states.take().value().value();
  sample.graph.reserve(pending + 1);
  std::memset(sample.graph.space.codes.at(pending), 0x7F, 8 * sizeof(float));
  sample.graph.states.show(pending);
  sample.states.push_back(State::pending);
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  EXPECT_EQ(loaded.graph.states.end(), 21u);
  EXPECT_FALSE(loaded.graph.states.live(pending));
  EXPECT_EQ(loaded.graph.space.codes.at(pending)[0], std::byte{0});
  EXPECT_EQ(loaded.graph.states.take().value(), pending);
}

TEST_F(IndexFileRoundTrip, links_to_slots_that_are_no_nodes_are_left_out) {
  IndexFileSample sample(8);
  sample.add(300, 1);
  // The snapshot is of a moment before these were linked, the entry among them.
  const Slot entry = sample.graph.links.entry().slot;
  const auto is_late = [&](Slot slot) { return slot >= 250 || slot == entry; };
  for (Slot slot = 0; slot < 300; ++slot) {
    if (is_late(slot)) sample.states[slot] = State::pending;
  }
  std::erase_if(sample.points, [&](const OwnedPoint& point) { return is_late(point.slots[0]); });
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  const HnswLinks& links = loaded.graph.links;
  for (Slot slot = 0; slot < 300; ++slot) {
    std::vector<Slot> expected;
    if (!is_late(slot)) expected = neighbours_of(sample.graph.links, slot, 0);
    std::erase_if(expected, is_late);
    EXPECT_EQ(neighbours_of(links, slot, 0), expected);
  }
  unsigned highest = 0;
  for (Slot slot = 0; slot < 300; ++slot) highest = std::max(highest, links.level_of(slot));
  EXPECT_FALSE(is_late(links.entry().slot));
  EXPECT_EQ(links.entry().level, highest);
  EXPECT_EQ(links.level_of(links.entry().slot), highest);
}

TEST_F(IndexFileRoundTrip, a_linked_slot_without_a_point_is_removed) {
  IndexFileSample sample(8);
  sample.add(20, 1);
  std::erase_if(sample.points, [](const OwnedPoint& point) { return point.slots[0] == 7; });
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  EXPECT_TRUE(loaded.graph.states.removed(7));
  EXPECT_EQ(loaded.graph.repair(), 1u);
}

TEST_F(IndexFileRoundTrip, a_slot_that_was_removed_before_the_lists_grew_to_it_has_none) {
  IndexFileSample sample(8);
  sample.add(3, 1);
  sample.states.resize(SlotArray::kChunkSlots + 1, State::free);
  sample.states.back() = State::removed;
  ASSERT_THAT(sample.graph.space.codes.grow(sample.states.size()), Succeeds());
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  const Slot last = SlotArray::kChunkSlots;
  EXPECT_TRUE(loaded.graph.states.removed(last));
  EXPECT_THAT(neighbours_of(loaded.graph.links, last, 0), IsEmpty());
}

TEST_F(IndexFileRoundTrip, points_may_have_long_ids_and_payloads_and_many_slots) {
  IndexFileSample sample(2, 2);
  sample.add(1, 1);
  sample.graph.reserve(150'000);
  sample.states.assign(150'000, State::linked);
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < 150'000; ++slot) slots.push_back(slot);
  const auto part = [&](std::size_t begin, std::size_t end) {
    return std::vector<Slot>(slots.begin() + static_cast<std::ptrdiff_t>(begin),
                             slots.begin() + static_cast<std::ptrdiff_t>(end));
  };
  // One of them is longer than a block.
  sample.points = {{"x", 0, part(0, 1)},
                   {std::string(kPointIdBytesMax, 'x'), ~std::uint64_t{0}, part(1, 2)},
                   {"most", 3, part(3, 3 + kPointVectorsMax)},
                   {std::string("\0\xFF", 2), 4, part(2, 3), std::string(kPayloadBytesMax, '{')}};
  for (std::size_t i = 3 + kPointVectorsMax; i < 150'000; ++i) {
    sample.points.push_back(
        {std::string(1 + i % 90, 'y'), i, part(i, i + 1), std::string(i % 7, '{')});
  }
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(2, 2);
  ASSERT_THAT(loaded.load(files_, path_), Succeeds());
  EXPECT_TRUE(loaded.points == sample.points);
}

TEST_F(IndexFileRoundTrip, an_error_of_whoever_takes_the_points_is_the_result) {
  IndexFileSample sample(8);
  sample.add(3, 1);
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  LoadedIndex loaded(8);
  int calls = 0;
  const auto take = [&](const IndexFilePoint&) -> Result<void> {
    if (++calls == 2) return Error(Errc::corruption, "the same id twice");
    return {};
  };
  const auto reader = IndexFileReader::open(files_, path_);
  ASSERT_THAT(reader, Succeeds());
  EXPECT_THAT(reader->load({.codes = loaded.graph.space.codes,
                            .links = loaded.graph.links,
                            .states = loaded.graph.states},
                           take),
              FailsWith(Errc::corruption, "the same id twice"));
  EXPECT_EQ(calls, 2);
}

TEST_F(IndexFileRoundTrip, a_target_that_does_not_fit_is_refused) {
  IndexFileSample sample(20, 8);
  sample.add(3, 1);
  ASSERT_THAT(sample.write(files_, path_), Succeeds());
  const auto reader = IndexFileReader::open(files_, path_);
  ASSERT_THAT(reader, Succeeds());
  EXPECT_THAT(LoadedIndex(20, 9).load(*reader, false),
              FailsWith(Errc::invalid_argument, HasSubstr("m = 8")));
  EXPECT_THAT(LoadedIndex(19, 8).load(*reader, false),
              FailsWith(Errc::invalid_argument, HasSubstr("codes of 80 bytes")));
  EXPECT_THAT(LoadedIndex(20, 8).load(*reader, true),
              FailsWith(Errc::invalid_argument, HasSubstr("no vectors")));
}

TEST_F(IndexFileRoundTrip, without_a_file_says_so) {
  EXPECT_THAT(IndexFileReader::open(files_, path_), FailsWith(Errc::not_found));
}

/// Codes and vectors of every kind with links at random, large enough for two threads.
class IndexFileRows : public testing::TestWithParam<Quantization> {};

TEST_P(IndexFileRows, come_back_with_and_without_padding_in_memory) {
  constexpr std::size_t kCount = 2 * SlotArray::kChunkSlots + 77;
  constexpr std::size_t kDimensions = 33;
  const ScratchDirectory scratch;
  const Sample sample = normal_sample(1, 100, kDimensions);
  const auto quantizer =
      Quantizer::train(Metric::dot, GetParam(), kDimensions, sample.components).value();
  SlotArray codes(quantizer.code_bytes(), 64);
  SlotArray vectors(kDimensions * sizeof(float), sizeof(float));
  HnswLinks links(2);
  ASSERT_THAT(codes.grow(kCount), Succeeds());
  ASSERT_THAT(vectors.grow(kCount), Succeeds());
  ASSERT_THAT(links.grow(kCount), Succeeds());
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < kCount; ++slot) {
    const std::span<const float> vector = sample[slot % sample.count()];
    quantizer.encode(vector, codes.at(slot));
    std::memcpy(vectors.at(slot), vector.data(), vector.size_bytes());
    links.append(slot, 0, (slot + 1) % kCount);
    slots.push_back(slot);
  }
  links.set_entry({.slot = 5, .level = 0});
  const std::vector<State> states(kCount, State::linked);
  std::vector<IndexFilePoint> points;
  for (std::size_t at = 0; at < slots.size(); at += 1000) {
    const auto some = std::span(slots).subspan(at, std::min<std::size_t>(1000, slots.size() - at));
    points.push_back({.id = "some", .version = at, .slots = some});
  }
  ASSERT_THAT(write_index_file(io::posix_file_system(), scratch / "index",
                               {.quantizer = quantizer,
                                .codes = codes,
                                .vectors = &vectors,
                                .links = links,
                                .states = states,
                                .points = points}),
              Succeeds());

  const auto reader = IndexFileReader::open(io::posix_file_system(), scratch / "index");
  ASSERT_THAT(reader, Succeeds());
  SlotArray loaded_codes(quantizer.code_bytes(), 1);
  SlotArray loaded_vectors(kDimensions * sizeof(float), 64);
  HnswLinks loaded_links(2);
  SlotStates loaded_states;
  ASSERT_THAT(reader->load({.codes = loaded_codes,
                            .vectors = &loaded_vectors,
                            .links = loaded_links,
                            .states = loaded_states},
                           [](const IndexFilePoint&) { return Result<void>(); }),
              Succeeds());
  for (Slot slot = 0; slot < kCount; ++slot) {
    ASSERT_EQ(std::memcmp(loaded_codes.at(slot), codes.at(slot), quantizer.code_bytes()), 0);
    ASSERT_EQ(std::memcmp(loaded_vectors.at(slot), vectors.at(slot), kDimensions * 4), 0);
    ASSERT_THAT(neighbours_of(loaded_links, slot, 0), ElementsAre((slot + 1) % kCount));
    ASSERT_TRUE(loaded_states.linked(slot));
  }
}

std::string name_of(const testing::TestParamInfo<Quantization>& quantization) {
  return std::string(to_string(quantization.param));
}

INSTANTIATE_TEST_SUITE_P(OfAll, IndexFileRows, testing::ValuesIn(kQuantizations), name_of);

}  // namespace
}  // namespace quartz::vector
