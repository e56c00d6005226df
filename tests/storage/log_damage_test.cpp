// What a replay makes of damaged and half-written logs: every test here is a picture of a crash or
// of a failing disk.
#include <array>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "storage/log_replay.hpp"
#include "storage/log_scenario.hpp"
#include "storage/stored_value.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::string offset_text(std::uint64_t offset) {
  return "at offset " + std::to_string(offset) + ";";
}

TEST(LogDamage, a_file_cut_at_any_byte_of_its_last_three_records_keeps_what_is_before) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 6, 37);
  scenario.close();
  const std::string whole = contents(scenario.file(1));
  ScratchDirectory cut;
  const std::uint64_t end = kSegmentHeaderBytes + scenario.replay()->start.position;
  for (std::uint64_t size = scenario.offset_of(3); size < end; ++size) {
    std::filesystem::remove(cut / "000001.log");
    overwrite(cut / "000001.log", 0, whole.substr(0, size));
    const auto found = scenario.replay(cut.path());
    ASSERT_THAT(found, Succeeds()) << size;
    std::size_t kept = 3;
    for (std::size_t i = 3; i < 6; ++i) {
      const auto& put = scenario.appended[i];
      const std::size_t bytes =
          kRecordHeaderBytes + put_bytes(put.key.size(), put.value.size(), {});
      if (scenario.offset_of(i) + bytes <= size) kept = i + 1;
    }
    EXPECT_EQ(scenario.replayed, scenario.first(kept)) << size;
  }
}

TEST(LogDamage, a_file_zeroed_from_any_byte_of_its_last_three_records_keeps_what_is_before) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 6, 37);
  scenario.close();
  const std::string whole = contents(scenario.file(1));
  const std::uint64_t end = kSegmentHeaderBytes + scenario.replay()->start.position;
  for (std::uint64_t from = scenario.offset_of(3); from < end; ++from) {
    overwrite(scenario.file(1), 0, whole);
    zero(scenario.file(1), from, end - from);
    const auto found = scenario.replay();
    ASSERT_THAT(found, Succeeds()) << from;
    ASSERT_GE(scenario.replayed.size(), 3u);
    EXPECT_EQ(scenario.replayed, scenario.first(scenario.replayed.size())) << from;
    if (scenario.replayed.size() < 6 && from > scenario.offset_of(scenario.replayed.size()) + 3) {
      EXPECT_GT(found->dropped_bytes, 0u) << from;
    }
  }
}

// Ten records, synced, and one that knows it.
void write_synced_log(LogScenario& scenario) {
  scenario.open();
  scenario.put_numbered(1, 10, 45);
  scenario.sync();
  scenario.put_numbered(11, 11, 45);
  scenario.close();
}

TEST(LogDamage, any_flipped_header_bit_of_a_synced_record_is_corruption_with_file_and_offset) {
  LogScenario scenario;
  write_synced_log(scenario);
  for (std::uint64_t byte = 0; byte < kRecordHeaderBytes; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      flip_bit(scenario.file(1), scenario.offset_of(4) + byte, bit);
      EXPECT_THAT(scenario.replay(),
                  FailsWith(Errc::corruption, AllOf(HasSubstr("000001.log"),
                                                    HasSubstr(offset_text(scenario.offset_of(4))))))
          << "byte " << byte << " bit " << bit;
      EXPECT_EQ(scenario.replayed, scenario.first(4));
      flip_bit(scenario.file(1), scenario.offset_of(4) + byte, bit);
    }
  }
  EXPECT_THAT(scenario.replay(), Succeeds());
}

TEST(LogDamage, any_flipped_operation_bit_of_a_synced_record_is_corruption) {
  LogScenario scenario;
  write_synced_log(scenario);
  const std::size_t bytes =
      encoded_put(scenario.appended[4].key, scenario.appended[4].value).size();
  for (std::uint64_t byte = 0; byte < bytes; ++byte) {
    const unsigned bit = static_cast<unsigned>(byte % 8);
    const std::uint64_t at = scenario.offset_of(4) + kRecordHeaderBytes + byte;
    flip_bit(scenario.file(1), at, bit);
    EXPECT_THAT(scenario.replay(),
                FailsWith(Errc::corruption, HasSubstr(offset_text(scenario.offset_of(4)))));
    flip_bit(scenario.file(1), at, bit);
  }
}

TEST(LogDamage, any_flipped_bit_of_an_unsynced_last_record_drops_it_and_says_so) {
  LogScenario scenario;
  write_synced_log(scenario);
  const std::uint64_t at = scenario.offset_of(10);
  const std::size_t bytes =
      kRecordHeaderBytes +
      encoded_put(scenario.appended[10].key, scenario.appended[10].value).size();
  for (std::uint64_t byte = 0; byte < bytes; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      flip_bit(scenario.file(1), at + byte, bit);
      const auto found = scenario.replay();
      ASSERT_THAT(found, Succeeds()) << "byte " << byte << " bit " << bit;
      EXPECT_EQ(scenario.replayed, scenario.first(10));
      EXPECT_GE(found->dropped_bytes, kRecordHeaderBytes);
      EXPECT_THAT(found->dropped_reason,
                  AllOf(HasSubstr("000001.log"), HasSubstr(offset_text(at))));
      flip_bit(scenario.file(1), at + byte, bit);
    }
  }
}

// Ten records, each synced before the next. A closed log is cut behind them; in the image that a
// killed process leaves, the room that its segment had reserved is still there.
class LogDamageWithRoom : public testing::TestWithParam<bool> {
 protected:
  LogDamageWithRoom() {
    scenario.open();
    for (int i = 1; i <= 10; ++i) {
      scenario.put_numbered(i, i, 45);
      scenario.sync();
    }
    image_ = scenario.image();
    scenario.close();
  }

  std::filesystem::path directory() const {
    return GetParam() ? image_->path() : scenario.scratch.path();
  }
  std::filesystem::path file() const { return directory() / segment_file_name(1); }
  std::size_t bytes_of(std::size_t index) const {
    const LoggedPut& put = scenario.appended[index];
    return kRecordHeaderBytes + encoded_put(put.key, put.value).size();
  }
  std::uint64_t end() const { return kSegmentHeaderBytes + scenario.log_end(10); }

  LogScenario scenario;

 private:
  std::unique_ptr<ScratchDirectory> image_;
};

INSTANTIATE_TEST_SUITE_P(Files, LogDamageWithRoom, testing::Bool(),
                         [](const auto& room) { return room.param ? "killed" : "closed"; });

TEST_P(LogDamageWithRoom, is_there_if_the_process_was_killed) {
  const std::uint64_t bytes = std::filesystem::file_size(file());
  EXPECT_EQ(bytes, GetParam() ? LogScenario::kSegmentBytes : end());
  EXPECT_THAT(scenario.replay(directory()), Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST_P(LogDamageWithRoom, any_flipped_bit_before_the_last_synced_record_is_corruption) {
  for (const std::size_t record : {0u, 4u, 8u}) {
    for (std::uint64_t byte = 0; byte < bytes_of(record); ++byte) {
      const unsigned bit = static_cast<unsigned>((byte + record) % 8);
      flip_bit(file(), scenario.offset_of(record) + byte, bit);
      // What is known to be on disk is what the next record was told: all before itself.
      EXPECT_THAT(scenario.replay(directory()),
                  FailsWith(Errc::corruption, HasSubstr(offset_text(scenario.offset_of(record)))))
          << "record " << record << " byte " << byte;
      flip_bit(file(), scenario.offset_of(record) + byte, bit);
    }
  }
}

TEST_P(LogDamageWithRoom, synced_records_that_read_as_zeros_are_corruption) {
  for (std::size_t count = 1; count < 10; ++count) {
    const std::string whole = contents(file());
    zero(file(), scenario.offset_of(9 - count),
         scenario.offset_of(9) - scenario.offset_of(9 - count));
    EXPECT_THAT(scenario.replay(directory()),
                FailsWith(Errc::corruption, HasSubstr(offset_text(scenario.offset_of(9 - count)))))
        << count << " records";
    overwrite(file(), 0, whole);
  }
}

TEST_P(LogDamageWithRoom, any_flipped_bit_of_the_last_record_drops_it_and_nothing_else) {
  for (std::uint64_t byte = 0; byte < bytes_of(9); ++byte) {
    const unsigned bit = static_cast<unsigned>(byte % 8);
    flip_bit(file(), scenario.offset_of(9) + byte, bit);
    const auto found = scenario.replay(directory());
    ASSERT_THAT(found, Succeeds()) << "byte " << byte;
    EXPECT_EQ(scenario.replayed, scenario.first(9)) << "byte " << byte;
    EXPECT_GE(found->dropped_bytes, kRecordHeaderBytes);
    EXPECT_THAT(found->dropped_reason, HasSubstr(offset_text(scenario.offset_of(9))));
    flip_bit(file(), scenario.offset_of(9) + byte, bit);
  }
}

TEST(LogDamage, any_flipped_bit_of_the_reserved_room_costs_no_record) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10, 45);
  scenario.sync();
  const auto image = scenario.image();
  const auto file = *image / segment_file_name(1);
  const std::uint64_t end = kSegmentHeaderBytes + scenario.log_end(10);
  const auto expect_all = [&](std::uint64_t byte, unsigned bit) {
    flip_bit(file, byte, bit);
    ASSERT_THAT(scenario.replay(image->path()), Succeeds()) << "byte " << byte << " bit " << bit;
    EXPECT_EQ(scenario.replayed, scenario.appended) << "byte " << byte << " bit " << bit;
    flip_bit(file, byte, bit);
  };
  for (std::uint64_t byte = end; byte < end + kRecordHeaderBytes; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) expect_all(byte, bit);
  }
  for (std::uint64_t byte = end; byte < LogScenario::kSegmentBytes; byte += 97) {
    expect_all(byte, static_cast<unsigned>(byte % 8));
  }
}

TEST(LogDamage, a_cut_anywhere_in_the_reserved_room_costs_no_record) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10, 45);
  scenario.sync();
  const auto image = scenario.image();
  const std::uint64_t end = kSegmentHeaderBytes + scenario.log_end(10);
  for (std::uint64_t bytes = LogScenario::kSegmentBytes; bytes >= end; bytes -= 61) {
    std::filesystem::resize_file(*image / segment_file_name(1), bytes);
    const auto found = scenario.replay(image->path());
    ASSERT_THAT(found, Succeeds()) << bytes;
    EXPECT_EQ(scenario.replayed, scenario.appended) << bytes;
    EXPECT_EQ(found->dropped_bytes, 0u) << bytes;
  }
}

// In front of what was reserved it looks like the end of the log.
TEST(LogDamage,
     a_synced_record_that_reads_as_zeros_before_the_room_of_a_full_segment_is_corruption) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10, 45);
  scenario.sync();
  scenario.roll();
  scenario.put_numbered(11, 12, 45);
  scenario.sync();
  const auto image = scenario.image();
  ASSERT_EQ(std::filesystem::file_size(*image / segment_file_name(1)), LogScenario::kSegmentBytes);
  zero(*image / segment_file_name(1), scenario.offset_of(9), 200);
  EXPECT_THAT(scenario.replay(image->path()),
              FailsWith(Errc::corruption, AllOf(HasSubstr(offset_text(scenario.offset_of(9))),
                                                HasSubstr("000002.log"))));
}

TEST(LogDamage, a_hole_before_a_later_unsynced_record_drops_all_from_the_hole_on) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 200);
  scenario.close();
  zero(scenario.file(1), 8192, 4096);
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_LT(scenario.replayed.size(), 100u);
  EXPECT_EQ(scenario.replayed, scenario.first(scenario.replayed.size()));
  const std::uint64_t end = kSegmentHeaderBytes + scenario.log_end(200);
  EXPECT_EQ(found->dropped_bytes, end - (kSegmentHeaderBytes + found->start.position));
  EXPECT_EQ(found->start.next_sequence, scenario.replayed.size() + 1);
}

TEST(LogDamage, the_same_hole_is_corruption_if_a_later_record_knows_better) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 200);
  scenario.sync();
  scenario.put_numbered(201, 201);
  scenario.close();
  zero(scenario.file(1), 8192, 4096);
  EXPECT_THAT(scenario.replay(), FailsWith(Errc::corruption, HasSubstr("000001.log")));
}

TEST(LogDamage, the_same_hole_is_corruption_if_only_a_later_segment_knows_better) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 200);
  scenario.sync();
  scenario.roll();  // Its header says what was synced.
  scenario.close();
  zero(scenario.file(1), 8192, 4096);
  EXPECT_THAT(scenario.replay(),
              FailsWith(Errc::corruption, AllOf(HasSubstr("000001.log"), HasSubstr("000002.log"))));
}

TEST(LogDamage, a_hole_that_reaches_the_end_of_a_segment_drops_the_segments_behind_it) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.roll();
  scenario.put_numbered(21, 30);
  scenario.close();
  zero(scenario.file(1), scenario.offset_of(7), 2000);
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.first(7));
  EXPECT_THAT(found->obsolete, testing::UnorderedElementsAre(scenario.file(2), scenario.file(3)));
  EXPECT_EQ(found->dropped_bytes, scenario.log_end(30) - scenario.log_end(7));
}

TEST(LogDamage, dropped_records_never_come_back) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 40);
  scenario.close();
  // An unsynced hole: 20 records behind it are whole, and are dropped.
  zero(scenario.file(1), scenario.offset_of(19), 40);
  scenario.open();
  EXPECT_EQ(scenario.appended.size(), 19u);
  scenario.put_numbered(100, 104);
  // Killed again: the dropped records are still in the first file.
  const auto image = scenario.image();
  const auto found = scenario.replay(image->path());
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_EQ(found->dropped_reason, "");
}

TEST(LogDamage, dropped_segments_do_not_come_back_even_if_their_removal_is_lost) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.close();
  const std::string dropped = contents(scenario.file(2));
  zero(scenario.file(1), scenario.offset_of(5), 40);
  scenario.open();
  scenario.put_numbered(100, 120);
  const auto image = scenario.image();
  overwrite(*image / "000002.log", 0, dropped);
  const auto found = scenario.replay(image->path());
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_THAT(found->obsolete, Contains(*image / "000002.log"));
}

TEST(LogDamage, damage_in_front_of_a_cut_is_still_judged) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 40);
  scenario.close();
  zero(scenario.file(1), scenario.offset_of(19), 40);
  scenario.open();
  scenario.put_numbered(100, 101);
  scenario.sync();
  scenario.put_numbered(102, 102);
  scenario.close();
  flip_bit(scenario.file(1), 100, 3);
  EXPECT_THAT(scenario.replay(), FailsWith(Errc::corruption, HasSubstr("000001.log")));
}

TEST(LogDamage, any_flipped_bit_in_a_needed_segment_header_is_corruption) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 5);
  scenario.roll();
  scenario.put_numbered(6, 10);
  scenario.sync();
  scenario.put_numbered(11, 12);
  scenario.close();
  for (const std::uint32_t id : {1u, 2u}) {
    for (std::uint64_t byte = 0; byte < kSegmentHeaderBytes; ++byte) {
      const unsigned bit = static_cast<unsigned>(byte % 8);
      flip_bit(scenario.file(id), byte, bit);
      EXPECT_THAT(scenario.replay(),
                  FailsWith(Errc::corruption,
                            AllOf(HasSubstr(segment_file_name(id)), HasSubstr("at offset 0"))))
          << "segment " << id << " byte " << byte;
      flip_bit(scenario.file(id), byte, bit);
    }
  }
  EXPECT_THAT(scenario.replay(), Succeeds());
}

TEST(LogDamage, a_header_that_never_reached_the_disk_drops_its_unsynced_segment) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.sync();
  scenario.roll();
  scenario.put_numbered(11, 80);  // More than a page, of which only later ones were written back.
  scenario.close();
  zero(scenario.file(2), 0, 4096);
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.first(10));
  EXPECT_GT(found->dropped_bytes, 0u);
  EXPECT_THAT(found->obsolete, Contains(scenario.file(2)));
  EXPECT_EQ(found->start.position, scenario.log_end(10));
}

TEST(LogDamage, a_lost_header_is_corruption_if_nothing_before_it_is_left) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 80);
  scenario.close();
  zero(scenario.file(1), 0, 4096);
  EXPECT_THAT(scenario.replay(), FailsWith(Errc::corruption, HasSubstr("000001.log")));
  EXPECT_THAT(scenario.replay(80), Succeeds());
}

TEST(LogDamage, a_sequence_that_jumps_between_segments_is_corruption) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 5);
  scenario.next_sequence = 50;
  scenario.roll();
  scenario.put_numbered(6, 10);
  scenario.close();
  EXPECT_THAT(scenario.replay(), FailsWith(Errc::corruption, HasSubstr("000002.log")));
}

TEST(LogDamage, a_copy_of_a_log_stored_as_a_value_is_not_evidence) {
  // Another database's log with the same segment ids, whose records claim that much was synced.
  LogScenario other;
  other.open_at({.next_segment_id = 1, .position = 1'000'000});
  other.put_numbered(1, 20);
  other.sync();
  other.put_numbered(21, 30);
  const std::string foreign = contents(other.file(1)).substr(0, 6000);

  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 3);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    scenario.put("backup", std::string(shift, ' ') + foreign);
  }
  scenario.close();
  flip_bit(scenario.file(1), scenario.offset_of(3), 0);
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.first(3));
}

TEST(LogDamage, a_log_of_random_bytes_never_does_worse_than_an_error) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 30);
  scenario.roll();
  scenario.put_numbered(31, 60);
  scenario.sync();
  scenario.put_numbered(61, 62);
  scenario.close();
  const std::array<std::string, 2> whole = {contents(scenario.file(1)), contents(scenario.file(2))};
  Random random(2024);
  for (int round = 0; round < 400; ++round) {
    for (std::uint32_t id = 1; id <= 2; ++id) overwrite(scenario.file(id), 0, whole[id - 1]);
    for (std::uint64_t n = random.below(20); n < 20; ++n) {
      const auto id = static_cast<std::uint32_t>(1 + random.below(2));
      // Lengths and counts are where a reader goes wrong, so aim at headers as often as not.
      const std::uint64_t at = random.one_in(2) ? random.below(8000)
                                                : scenario.offset_of(random.below(62)) +
                                                      random.below(kRecordHeaderBytes);
      flip_bit(scenario.file(id), at, static_cast<unsigned>(random.below(8)));
    }
    const auto found = scenario.replay();
    if (found) {
      EXPECT_EQ(scenario.replayed, scenario.first(scenario.replayed.size()));
    } else {
      EXPECT_EQ(found.error().code(), Errc::corruption);
    }
    EXPECT_THAT(scenario.inspect(scenario.scratch.path()), Succeeds());
  }
}

}  // namespace
}  // namespace quartz::storage
