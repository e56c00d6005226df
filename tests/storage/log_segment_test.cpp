#include "storage/log_segment.hpp"

#include <gtest/gtest.h>

namespace quartz::storage {
namespace {

TEST(LogSegment, file_names_have_six_digits_or_more) {
  EXPECT_EQ(segment_file_name(1), "000001.log");
  EXPECT_EQ(segment_file_name(1234567), "1234567.log");
}

TEST(LogSegment, a_name_gives_its_id_back) {
  for (const std::uint32_t id : {0u, 1u, 999999u, 1000000u, 4294967295u}) {
    EXPECT_EQ(segment_id_of(segment_file_name(id)), id);
  }
}

TEST(LogSegment, any_other_name_has_no_id) {
  for (const char* name : {"", ".log", "1.log", "0000001.log", "00001x.log", "-00001.log",
                           "000001.log2", "000001", "4294967296.log", "000001.LOG", " 00001.log"}) {
    EXPECT_FALSE(segment_id_of(name)) << name;
  }
}

TEST(LogSegment, its_end_does_not_count_the_header) {
  LogSegment segment;
  segment.start_position = 1000;
  segment.used = kSegmentHeaderBytes;
  EXPECT_EQ(segment.end_position(), 1000u);
  segment.used += 48;
  EXPECT_EQ(segment.end_position(), 1048u);
}

}  // namespace
}  // namespace quartz::storage
