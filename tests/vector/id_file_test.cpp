#include "vector/id_file.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/try.hpp"
#include "quartz/vector/vector_point.hpp"
#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class IdFile : public testing::Test {
 protected:
  Result<std::vector<std::string>> read_all() {
    QUARTZ_ASSIGN(auto reader, IdFileReader::open(files_, path_));
    std::vector<std::string> ids;
    std::string id;
    while (true) {
      QUARTZ_ASSIGN(const bool present, reader.next(id));
      if (!present) return ids;
      ids.push_back(id);
      EXPECT_EQ(reader.line(), ids.size());
    }
  }
  void write_all(const std::vector<std::string>& ids) {
    auto writer = IdFileWriter::create(files_, path_).value();
    for (const std::string& id : ids) writer.append(id).value();
    writer.finish().value();
  }
  Result<std::vector<std::string>> read_text(std::string_view text) {
    overwrite_file(path_, text);
    return read_all();
  }

  ScratchDirectory scratch_;
  io::FileSystem& files_ = io::posix_file_system();
  io::Path path_ = scratch_ / "rows.ids";
};

TEST_F(IdFile, returns_every_id_as_it_was_given) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const std::vector<std::string> ids = {"a",    "with space",           R"(back\slash)",
                                        "\r",   "line\nbreak",          every_byte,
                                        "\\\n", std::string(1024, '\\')};
  write_all(ids);
  EXPECT_EQ(read_all().value(), ids);
}

TEST_F(IdFile, holds_more_than_a_piece_of_the_file) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20'000; ++i) ids.push_back("id of row " + std::to_string(i));
  write_all(ids);
  EXPECT_EQ(read_all().value(), ids);
}

TEST_F(IdFile, is_a_text_that_people_can_write) {
  EXPECT_THAT(read_text("a\nb\n").value(), ElementsAre("a", "b"));
  EXPECT_THAT(read_text("a\nb").value(), ElementsAre("a", "b"));
  EXPECT_THAT(read_text("a\r\nb\r\n").value(), ElementsAre("a", "b"));
  EXPECT_THAT(read_text("").value(), IsEmpty());
}

TEST_F(IdFile, names_the_line_that_holds_no_id) {
  EXPECT_THAT(read_text("a\n\nb\n"),
              FailsWith(Errc::corruption, AllOf(HasSubstr("rows.ids"), HasSubstr("line 2"))));
  EXPECT_THAT(read_text("a\nb\\x\n"), FailsWith(Errc::corruption, HasSubstr("line 2")));
  EXPECT_THAT(read_text("ends\\"), FailsWith(Errc::corruption, HasSubstr("backslash")));
  EXPECT_THAT(read_text(std::string(kPointIdBytesMax + 1, 'i')),
              FailsWith(Errc::corruption, HasSubstr("1025 bytes")));
  EXPECT_THAT(read_text(std::string(100'000, 'i')),
              FailsWith(Errc::corruption, HasSubstr("line 1")));
  EXPECT_THAT(IdFileReader::open(files_, scratch_ / "none"), FailsWith(Errc::not_found));
}

TEST_F(IdFile, is_not_there_before_it_is_whole) {
  {
    auto writer = IdFileWriter::create(files_, path_).value();
    writer.append("a").value();
  }
  EXPECT_FALSE(files_.exists(path_).value());
  EXPECT_THAT(files_.list(scratch_.path()).value(), IsEmpty());
}

}  // namespace
}  // namespace quartz::vector
