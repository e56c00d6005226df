#include "storage/format_file.hpp"

#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class FormatFile : public ::testing::Test {
 protected:
  void write_text(const std::string& text) {
    std::ofstream(scratch_ / "FORMAT", std::ios::binary) << text;
  }
  std::string text() const {
    std::ifstream file(scratch_ / "FORMAT", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  Result<std::optional<DatabaseFormat>> read() { return read_format(files_, scratch_.path()); }

  ScratchDirectory scratch_;
  io::FileSystem& files_ = io::posix_file_system();
};

TEST_F(FormatFile, that_is_not_there_means_no_database) {
  EXPECT_FALSE(read().value().has_value());
}

TEST_F(FormatFile, that_was_written_is_read_back) {
  const DatabaseFormat format{kFormatVersion, 0x0123456789abcdefu};
  ASSERT_THAT(write_format(files_, scratch_.path(), format), Succeeds());
  const auto found = read().value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->version, kFormatVersion);
  EXPECT_EQ(found->database_id, 0x0123456789abcdefu);
}

TEST_F(FormatFile, tells_a_person_what_the_directory_is) {
  ASSERT_THAT(write_format(files_, scratch_.path(), {kFormatVersion, 0xabcdu}), Succeeds());
  EXPECT_THAT(text(), StartsWith("quartz database\nformat 2\nid 000000000000abcd\ncrc32c "));
}

TEST_F(FormatFile, of_another_version_is_unsupported_even_if_the_rest_means_nothing_here) {
  write_text("quartz database\nformat 3\nanything\n");
  EXPECT_THAT(read(), FailsWith(Errc::unsupported, HasSubstr("version 3")));
  write_text("quartz database\nformat 0\n");
  EXPECT_THAT(read(), FailsWith(Errc::unsupported));
}

TEST_F(FormatFile, cut_at_any_byte_is_corruption_and_names_the_file) {
  ASSERT_THAT(write_format(files_, scratch_.path(), {kFormatVersion, 77}), Succeeds());
  const std::string whole = text();
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    write_text(whole.substr(0, bytes));
    EXPECT_THAT(read(), FailsWith(Errc::corruption, HasSubstr("FORMAT"))) << bytes << " bytes";
  }
}

TEST_F(FormatFile, with_any_bit_flipped_is_refused) {
  ASSERT_THAT(write_format(files_, scratch_.path(), {kFormatVersion, 0xfedcba9876543210u}),
              Succeeds());
  const std::string whole = text();
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    write_text(damaged);
    EXPECT_FALSE(read().has_value()) << "bit " << bit;
  }
}

TEST_F(FormatFile, with_more_behind_it_is_refused) {
  ASSERT_THAT(write_format(files_, scratch_.path(), {kFormatVersion, 77}), Succeeds());
  const std::string whole = text();
  for (const char* more : {"\n", "x", "crc32c 00000000\n"}) {
    write_text(whole + more);
    EXPECT_THAT(read(), FailsWith(Errc::corruption, HasSubstr("FORMAT"))) << more;
  }
}

TEST_F(FormatFile, that_is_something_else_is_corruption) {
  for (const char* other : {"", "hello\n",
                            "\x7f"
                            "ELF"}) {
    write_text(other);
    EXPECT_THAT(read(), FailsWith(Errc::corruption, HasSubstr("FORMAT")));
  }
  write_text(std::string(100000, 'x'));
  EXPECT_THAT(read(), FailsWith(Errc::corruption, HasSubstr("FORMAT")));
}

TEST_F(FormatFile, missing_beside_log_segments_is_corruption) {
  std::filesystem::create_directory(scratch_ / "log");
  EXPECT_FALSE(read().value().has_value());
  std::ofstream(scratch_ / "log" / "000001.log") << "records";
  EXPECT_THAT(read(), FailsWith(Errc::corruption, HasSubstr("FORMAT")));
}

TEST_F(FormatFile, that_cannot_be_read_is_the_error_of_the_file_system) {
  ASSERT_THAT(write_format(files_, scratch_.path(), {kFormatVersion, 77}), Succeeds());
  io::FaultyFileSystem faulty(files_);
  faulty.fail(io::Operation::read, 1, Errc::io_error);
  EXPECT_THAT(read_format(faulty, scratch_.path()), FailsWith(Errc::io_error));
}

TEST_F(FormatFile, is_replaced_whole_or_not_at_all_whatever_call_fails) {
  ASSERT_THAT(write_format(files_, scratch_.path(), {kFormatVersion, 77}), Succeeds());
  for (std::uint64_t nth = 1;; ++nth) {
    io::FaultyFileSystem faulty(files_);
    faulty.fail_any(nth, Errc::io_error);
    const auto written = write_format(faulty, scratch_.path(), {kFormatVersion, 88});
    if (faulty.faults() == 0) {
      EXPECT_THAT(written, Succeeds());
      break;
    }
    EXPECT_FALSE(written.has_value()) << "call " << nth;
    const auto id = read().value()->database_id;
    EXPECT_TRUE(id == 77 || id == 88) << "call " << nth;
    ASSERT_THAT(write_format(files_, scratch_.path(), {kFormatVersion, 77}), Succeeds());
  }
  EXPECT_EQ(read().value()->database_id, 88u);
}

TEST(DatabaseId, is_never_zero_and_hardly_ever_the_same) {
  std::set<std::uint64_t> ids;
  for (int i = 0; i < 100; ++i) ids.insert(new_database_id());
  EXPECT_EQ(ids.size(), 100u);
  EXPECT_FALSE(ids.contains(0));
}

}  // namespace
}  // namespace quartz::storage
