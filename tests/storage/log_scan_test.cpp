#include "storage/log_scan.hpp"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc32c.hpp"
#include "storage/log_scenario.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

using Found = RecordScanner::Found;

// A record as it stands in a segment, padding included.
std::string record(std::uint32_t segment_id, Sequence sequence, LogPosition synced_through,
                   std::string_view value) {
  std::string operations = encoded_put("key", value);
  RecordHeader header{.operations_bytes = static_cast<std::uint32_t>(operations.size()),
                      .crc32c = 0,
                      .segment_id = segment_id,
                      .operation_count = 1,
                      .first_sequence = sequence,
                      .synced_through = synced_through};
  header.crc32c = record_crc(header, crc32c(as_bytes(operations)));
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  bytes += operations;
  bytes.resize(record_bytes(operations.size()), '\0');
  return bytes;
}

RecordHeader header_of(const std::string& bytes) {
  RecordHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  return header;
}

std::vector<std::uint64_t> offsets_found(const std::string& bytes, Sequence expected = 0,
                                         std::uint64_t begin = kSegmentHeaderBytes) {
  ScratchDirectory scratch;
  overwrite(scratch / "file", 0, bytes);
  const auto file = io::posix_file_system().open(scratch / "file", io::OpenMode::read).value();
  RecordScanner scanner(*file, 7, 0, begin, bytes.size(), expected);
  std::vector<std::uint64_t> offsets;
  while (const auto found = scanner.next().value()) offsets.push_back(found->offset);
  return offsets;
}

TEST(LogScan, a_header_is_judged_field_by_field) {
  const std::string bytes = record(7, 10, 64, "value");
  const RecordHeader good = header_of(bytes);
  const RecordBounds bounds{.segment_id = 7,
                            .room = bytes.size(),
                            .synced_through_max = 64,
                            .first_sequence_min = 10,
                            .first_sequence_max = 10};
  EXPECT_EQ(judge_header(good, bounds), RecordFault::none);
  const auto with = [&](auto change) {
    RecordHeader header = good;
    change(header);
    return judge_header(header, bounds);
  };
  EXPECT_EQ(with([](auto& h) { h.operations_bytes = 0; }), RecordFault::end);
  EXPECT_EQ(with([](auto& h) { h.operations_bytes = 1000; }), RecordFault::length);
  EXPECT_EQ(with([](auto& h) { h.operations_bytes = 0xFFFFFFFF; }), RecordFault::length);
  EXPECT_EQ(with([](auto& h) { h.segment_id = 8; }), RecordFault::segment);
  EXPECT_EQ(with([](auto& h) { h.operation_count = 0; }), RecordFault::count);
  EXPECT_EQ(with([](auto& h) { h.operation_count = 3; }), RecordFault::count);
  EXPECT_EQ(with([](auto& h) { h.synced_through = 65; }), RecordFault::claim);
  EXPECT_EQ(with([](auto& h) { h.first_sequence = 9; }), RecordFault::sequence);
  EXPECT_EQ(with([](auto& h) { h.first_sequence = 11; }), RecordFault::sequence);
}

TEST(LogScan, a_header_without_room_is_the_end) {
  const RecordHeader header = header_of(record(7, 1, 0, "v"));
  EXPECT_EQ(judge_header(header, {.segment_id = 7, .room = 31}), RecordFault::end);
  EXPECT_EQ(judge_header(header, {.segment_id = 7, .room = 0}), RecordFault::end);
}

TEST(LogScan, records_behind_reserved_space_are_found) {
  ScratchDirectory scratch;
  const auto file =
      io::posix_file_system().open(scratch / "file", io::OpenMode::create_new).value();
  constexpr std::uint64_t kBytes = std::uint64_t{8} << 20;
  ASSERT_THAT(file->allocate(kBytes), Succeeds());
  const std::vector<std::uint64_t> offsets = {kBytes / 4 - 8, kBytes / 2, kBytes / 2 + 8192 - 32};
  for (const std::uint64_t offset : offsets) {
    ASSERT_THAT(file->write_at(offset, as_bytes(record(7, 1, 0, "value"))), Succeeds());
  }
  RecordScanner scanner(*file, 7, 0, kSegmentHeaderBytes, kBytes, 0);
  std::vector<std::uint64_t> found;
  while (const auto one = scanner.next().value()) found.push_back(one->offset);
  EXPECT_EQ(found, offsets);
}

TEST(LogScan, sequences_cannot_run_over) {
  RecordHeader header = header_of(record(7, kSequenceMax, 0, "v"));
  EXPECT_EQ(judge_header(header, {.segment_id = 7, .room = 100}), RecordFault::sequence);
}

TEST(LogScan, operations_are_judged_by_checksum_and_then_by_form) {
  std::string operations = encoded_put("key", "value");
  RecordHeader header = header_of(record(7, 1, 0, "value"));
  EXPECT_EQ(judge_operations(header, as_bytes(operations)), RecordFault::none);
  operations[20] ^= 1;
  EXPECT_EQ(judge_operations(header, as_bytes(operations)), RecordFault::checksum);
  operations = encoded_put("key", "value");
  operations[0] = 77;  // A type of some later version, with a checksum that is right.
  header.crc32c = record_crc(header, crc32c(as_bytes(operations)));
  EXPECT_EQ(judge_operations(header, as_bytes(operations)), RecordFault::operations);
}

TEST(LogScan, every_fault_has_a_name) {
  for (int fault = 0; fault <= static_cast<int>(RecordFault::operations); ++fault) {
    EXPECT_NE(to_string(static_cast<RecordFault>(fault)), "unknown fault");
  }
}

TEST(LogScan, records_are_found_behind_garbage) {
  std::string bytes(kSegmentHeaderBytes, '\0');
  bytes += std::string(4000, '\x07');
  const std::uint64_t first = bytes.size();
  bytes += record(7, 1, 0, "one");
  const std::uint64_t second = bytes.size();
  bytes += record(7, 2, 0, "two");
  bytes += std::string(80, '\0');
  const std::uint64_t third = bytes.size();
  bytes += record(7, 3, 0, "three");
  EXPECT_THAT(offsets_found(bytes), testing::ElementsAre(first, second, third));
}

TEST(LogScan, records_across_the_scanners_window_are_found) {
  for (const std::size_t before : {(1u << 20) - 8, (1u << 20) - 24, (1u << 20) - 40, 1u << 20}) {
    std::string bytes(kSegmentHeaderBytes + before, '\0');
    const std::uint64_t at = bytes.size();
    bytes += record(7, 1, 0, std::string(3 << 20, 'x'));
    const std::uint64_t next = bytes.size();
    bytes += record(7, 2, 0, "y");
    EXPECT_THAT(offsets_found(bytes), testing::ElementsAre(at, next)) << before;
  }
}

TEST(LogScan, records_of_other_segments_and_cut_ones_are_not_found) {
  std::string bytes(kSegmentHeaderBytes, '\0');
  bytes += record(8, 1, 0, "of another segment");
  const std::string cut = record(7, 2, 0, "cut");
  bytes += cut.substr(0, cut.size() - 8);
  EXPECT_THAT(offsets_found(bytes), testing::IsEmpty());
}

TEST(LogScan, a_record_whose_sequence_cannot_be_reached_is_not_found) {
  std::string bytes(kSegmentHeaderBytes + 160, '\0');
  bytes += record(7, 111, 0, "too far: 160 bytes hold ten operations at most");
  EXPECT_THAT(offsets_found(bytes, 100), testing::IsEmpty());
  EXPECT_EQ(offsets_found(bytes, 101).size(), 1u);
  EXPECT_THAT(offsets_found(bytes, 112), testing::IsEmpty());
}

TEST(LogScan, a_file_made_of_look_alikes_is_given_up) {
  // Each place seems to begin a record of a megabyte; judging all would take hours.
  RecordHeader header{.operations_bytes = 1 << 20,
                      .crc32c = 1,
                      .segment_id = 7,
                      .operation_count = 1,
                      .first_sequence = 1,
                      .synced_through = 0};
  std::string bytes(kSegmentHeaderBytes, '\0');
  while (bytes.size() < (4u << 20)) {
    bytes.append(reinterpret_cast<const char*>(&header), sizeof(header));
  }
  ScratchDirectory scratch;
  overwrite(scratch / "file", 0, bytes);
  const auto file = io::posix_file_system().open(scratch / "file", io::OpenMode::read).value();
  RecordScanner scanner(*file, 7, 0, kSegmentHeaderBytes, bytes.size(), 0);
  EXPECT_THAT(scanner.next(), FailsWith(Errc::corruption, testing::HasSubstr("false records")));
}

}  // namespace
}  // namespace quartz::storage
