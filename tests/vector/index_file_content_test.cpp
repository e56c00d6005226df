#include <bit>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/index_file_bytes.hpp"
#include "vector/index_file_sample.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Matcher;
using Bytes = IndexFileBytes;

/// Files whose checksums are right and whose contents are not. The slots: 0 to 9, of which 3 is
/// free, 5 is removed, 7 reaches level 1 (the entry), and the others have level 0; each links to
/// the next node. The points are named by their slot.
class IndexFileContent : public testing::Test {
 protected:
  static constexpr std::size_t kDimensions = 2;
  static constexpr std::uint32_t kM = 2;
  static constexpr std::size_t kSlots = 10;
  static constexpr std::size_t kPointHeaderBytes = 24;
  static constexpr std::size_t kPointBytes = kPointHeaderBytes + 1 + 4;

  IndexFileContent() : file_(encoded_sample()) {}

  std::string encoded_sample() {
    IndexFileSample sample(kDimensions, kM);
    sample.with_vectors = true;
    sample.graph.reserve(kSlots);
    sample.vectors.grow(kSlots).value();
    sample.states.assign(kSlots, SlotStates::State::linked);
    sample.states[3] = SlotStates::State::free;
    sample.states[5] = SlotStates::State::removed;
    sample.graph.links.set_level(7, 1);
    sample.graph.links.set_entry({.slot = 7, .level = 1});
    for (Slot slot = 0; slot < kSlots; ++slot) {
      sample.graph.links.append(slot, 0, slot == 2 ? 4 : (slot + 1) % kSlots);
      if (slot != 3 && slot != 5) sample.points.push_back({std::to_string(slot), slot, {slot}});
    }
    sample.write(io::posix_file_system(), path_).value();
    return file_contents(path_);
  }

  Result<void> load() {
    file_.seal();
    return load_as_it_is();
  }
  Result<void> load_as_it_is() {
    std::filesystem::remove(path_);
    overwrite_file(path_, file_.bytes());
    return LoadedIndex(kDimensions, kM).load(io::posix_file_system(), path_);
  }
  void expect_refused(const Matcher<const std::string&>& message) {
    EXPECT_THAT(load(), FailsWith(Errc::corruption, AllOf(HasSubstr(path_.string()), message)));
  }
  // For headers that say what is not there; the rest need not be sealed.
  void expect_header_refused(const std::string& message) {
    file_.seal_header();
    EXPECT_THAT(load_as_it_is(), FailsWith(Errc::corruption, HasSubstr(message)));
  }

  std::size_t node(Slot slot) const { return file_.section_offset(Bytes::kNodes) + slot; }
  std::size_t link(Slot slot, std::size_t index) const {
    return file_.section_offset(Bytes::kLinks) + 4 * (slot * 2 * kM + index);
  }
  std::size_t upper_link(std::size_t index) const {
    return file_.section_offset(Bytes::kUpperLinks) + 4 * index;
  }
  std::size_t point(std::size_t index) const {
    return file_.section_offset(Bytes::kPoints) + kPointBytes * index;
  }

  ScratchDirectory scratch_;
  io::Path path_ = scratch_ / "index";
  IndexFileBytes file_;
};

TEST_F(IndexFileContent, that_is_right_is_loaded) { EXPECT_THAT(load(), Succeeds()); }

TEST_F(IndexFileContent, sealing_a_right_file_changes_nothing) {
  const std::string before = file_.bytes();
  file_.seal();
  EXPECT_EQ(file_.bytes(), before);
}

TEST_F(IndexFileContent, a_link_may_not_lead_beyond_the_slots) {
  for (const std::uint32_t stored : {11u, 12u, 0x8000'0000u, 0xFFFF'FFFFu}) {
    file_.set(link(4, 0), stored);
    expect_refused(HasSubstr("a bad link of slot 4"));
  }
}

TEST_F(IndexFileContent, a_link_may_not_lead_to_a_free_slot) {
  file_.set(link(4, 0), std::uint32_t{3 + 1});
  expect_refused(HasSubstr("in the links, at offset " + std::to_string(link(4, 0))));
}

TEST_F(IndexFileContent, a_link_may_lead_to_a_removed_slot) {
  file_.set(link(8, 0), std::uint32_t{5 + 1});
  EXPECT_THAT(load(), Succeeds());
}

TEST_F(IndexFileContent, a_slot_may_not_link_to_itself) {
  file_.set(link(4, 0), std::uint32_t{4 + 1});
  expect_refused(HasSubstr("a bad link of slot 4"));
}

TEST_F(IndexFileContent, no_link_may_stand_behind_the_end_of_a_list) {
  file_.set(link(4, 2), std::uint32_t{0 + 1});
  expect_refused(HasSubstr("at offset " + std::to_string(link(4, 2))));
}

TEST_F(IndexFileContent, a_free_slot_may_not_have_links) {
  file_.set(link(3, 0), std::uint32_t{0 + 1});
  expect_refused(HasSubstr("a bad link of slot 3"));
}

TEST_F(IndexFileContent, an_upper_link_may_not_lead_to_a_slot_without_that_level) {
  file_.set(upper_link(0), std::uint32_t{0 + 1});
  expect_refused(HasSubstr("a bad link of slot 7 on level 1"));
}

TEST_F(IndexFileContent, an_upper_link_may_not_lead_beyond_the_slots) {
  file_.set(upper_link(0), std::uint32_t{kSlots + 1});
  expect_refused(HasSubstr("in the upper links, at offset " + std::to_string(upper_link(0))));
}

TEST_F(IndexFileContent, a_node_has_lists_up_to_the_highest_level_and_no_unknown_bits) {
  for (const unsigned stored : {17u, 31u, 0x20u, 0x41u, 0x80u}) {
    file_.set(node(1), static_cast<std::uint8_t>(stored));
    expect_refused(HasSubstr("in the nodes, at offset " + std::to_string(node(1))));
  }
}

TEST_F(IndexFileContent, there_is_an_upper_list_for_each_level_of_each_node) {
  file_.set(node(1), std::uint8_t{2});
  expect_refused(HasSubstr("instead of 2 lists"));
  file_.set(node(1), std::uint8_t{1});
  file_.replace(Bytes::kUpperLinks, std::string(2 * 4 * kM, '\0'));
  expect_refused(HasSubstr("instead of 1 lists"));
  file_.replace(Bytes::kUpperLinks, std::string(4 * kM + 1, '\0'));
  expect_refused(HasSubstr("9 bytes for the upper links"));
}

TEST_F(IndexFileContent, the_entry_is_a_node_of_its_level) {
  const std::uint32_t bad[][2] = {{3, 0}, {10, 0}, {1, 1}, {7, 0}, {7, 2}, {7, 0xFFFF'FFFF}};
  for (const auto& [slot, level] : bad) {
    file_.set(Bytes::kEntrySlot, slot);
    file_.set(Bytes::kEntryLevel, level);
    expect_refused(HasSubstr("for the entry, slot " + std::to_string(slot)));
  }
}

TEST_F(IndexFileContent, only_a_graph_without_linked_slots_has_no_entry) {
  file_.set(Bytes::kEntrySlot, kNoSlot);
  expect_refused(HasSubstr("without an entry"));
}

TEST_F(IndexFileContent, a_points_slot_is_linked) {
  for (const Slot slot : {Slot{3}, Slot{5}, Slot{10}, kNoSlot}) {
    file_.set(point(1) + kPointHeaderBytes + 1, slot);
    expect_refused(
        HasSubstr("which is not linked, in the points, at offset " + std::to_string(point(1))));
  }
}

TEST_F(IndexFileContent, a_slot_belongs_to_one_point_only) {
  file_.set(point(1) + kPointHeaderBytes + 1, Slot{0});
  expect_refused(HasSubstr("a second point with slot 0"));
}

TEST_F(IndexFileContent, every_linked_slot_belongs_to_a_point) {
  const std::string points = file_.section(Bytes::kPoints);
  file_.replace(Bytes::kPoints, points.substr(0, points.size() - kPointBytes));
  file_.set<std::uint64_t>(Bytes::kPointCount, 7);
  expect_refused(HasSubstr("no point for a linked slot"));
}

TEST_F(IndexFileContent, points_are_as_many_as_the_header_says) {
  file_.set<std::uint64_t>(Bytes::kPointCount, 7);
  expect_refused(HasSubstr("bytes behind the last point"));
  for (const std::uint64_t count : {std::uint64_t{9}, ~std::uint64_t{0}}) {
    file_.set(Bytes::kPointCount, count);
    expect_refused(HasSubstr("no room for another point"));
  }
}

TEST_F(IndexFileContent, a_point_ends_where_the_points_end) {
  file_.set(point(7) + 4, std::uint32_t{2});
  expect_refused(HasSubstr("a point of"));
  for (const std::uint32_t count : {1025u, 0x3FFF'FFFFu, 0xFFFF'FFFFu}) {
    file_.set(point(7) + 4, count);
    expect_refused(HasSubstr("slots"));
  }
  file_.set(point(7) + 4, std::uint32_t{1});
  file_.set(point(7), std::uint32_t{2});
  expect_refused(HasSubstr("a point of 30 bytes, of which there are 29"));
}

TEST_F(IndexFileContent, a_point_has_a_slot_and_an_id) {
  file_.set(point(7) + 4, std::uint32_t{0});
  expect_refused(HasSubstr("0 slots"));
  file_.set(point(7) + 4, std::uint32_t{1});
  file_.set(point(7), std::uint32_t{0});
  expect_refused(HasSubstr("an id of 0 bytes"));
}

TEST_F(IndexFileContent, ids_and_payloads_are_no_longer_than_those_of_points) {
  file_.set(point(0), std::uint32_t{1025});
  expect_refused(HasSubstr("an id of 1025 bytes"));
  file_.set(point(0), std::uint32_t{1});
  file_.set(point(0) + 16, std::uint32_t{(1 << 20) + 1});
  expect_refused(HasSubstr("a payload of 1048577 bytes"));
}

TEST_F(IndexFileContent, components_are_finite_and_of_a_length_that_vectors_have) {
  for (const std::size_t section : {Bytes::kCodes, Bytes::kVectors}) {
    const std::size_t second_of_slot_6 = file_.section_offset(section) + 4 * (6 * kDimensions + 1);
    const auto before = file_.get<std::uint32_t>(second_of_slot_6);
    for (const float bad : {std::numeric_limits<float>::infinity(), -0x1.1p56F, 0x1.1p56F,
                            std::numeric_limits<float>::quiet_NaN()}) {
      file_.set(second_of_slot_6, bad);
      expect_refused(HasSubstr("component 1 of slot 6"));
    }
    file_.set(second_of_slot_6, -0x1p56F);
    EXPECT_THAT(load(), Succeeds());
    file_.set(second_of_slot_6, before);
  }
}

TEST_F(IndexFileContent, the_gaps_between_sections_are_zeros) {
  file_.set(file_.section_offset(Bytes::kNodes) + kSlots, std::uint8_t{1});
  file_.seal_header();
  EXPECT_THAT(load_as_it_is(), FailsWith(Errc::corruption, HasSubstr("in front of the links")));
}

TEST_F(IndexFileContent, lengths_that_follow_from_the_counts_are_those) {
  for (const std::size_t section : {Bytes::kNodes, Bytes::kLinks, Bytes::kCodes, Bytes::kVectors}) {
    const IndexFileBytes before = file_;
    file_.replace(section, file_.section(section) + std::string(4, '\0'));
    expect_header_refused("bytes for the ");
    file_ = before;
  }
  file_.replace(Bytes::kChecksums, file_.section(Bytes::kChecksums) + std::string(4, '\0'));
  expect_header_refused("bytes for the checksums");
}

TEST_F(IndexFileContent, parameters_are_bounded) {
  file_.replace(Bytes::kParameters, std::string(4096, 'p'));
  EXPECT_THAT(load(), Succeeds());
  file_.replace(Bytes::kParameters, std::string(4097, 'p'));
  expect_refused(HasSubstr("4097 bytes for the parameters"));
}

TEST_F(IndexFileContent, no_length_exceeds_the_file) {
  for (std::size_t section = 0; section < 8; ++section) {
    const IndexFileBytes before = file_;
    for (const std::uint64_t bytes :
         {~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{before.bytes().size()}}) {
      file_.set(Bytes::kSectionBytes + 8 * section, bytes);
      expect_header_refused("and the header promises");
    }
    file_ = before;
  }
}

TEST_F(IndexFileContent, counts_are_within_what_an_index_can_have) {
  const IndexFileBytes before = file_;
  for (const std::uint32_t m : {0u, 1u, 129u, ~0u}) {
    file_.set(Bytes::kM, m);
    expect_header_refused("m = ");
  }
  file_ = before;
  for (const std::uint32_t count : {(1u << 28) + 1, ~0u}) {
    file_.set(Bytes::kSlotCount, count);
    expect_header_refused("slot_count = ");
  }
  file_ = before;
  file_.set(Bytes::kVectorBytes, std::uint32_t{4});
  expect_header_refused("vector_bytes = 4");
  file_ = before;
  file_.set(Bytes::kQuantizer + 4, std::uint32_t{0});
  expect_header_refused("dimensions = 0");
}

TEST_F(IndexFileContent, counts_that_do_not_fit_the_sections_are_found) {
  for (const std::uint32_t count : {0u, 9u, 11u, 1u << 28}) {
    file_.set(Bytes::kSlotCount, count);
    expect_header_refused("bytes for the nodes");
  }
}

}  // namespace
}  // namespace quartz::vector
