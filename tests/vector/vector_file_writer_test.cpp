#include "vector/vector_file_writer.hpp"

#include <array>
#include <optional>
#include <utility>

#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/npy_format.hpp"
#include "vector/vector_file_bytes.hpp"
#include "vector/vector_file_reader.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::array<float, 4> kFloats = {1.0f, 2.0f, 3.0f, 4.0f};
constexpr std::array<std::int32_t, 4> kIntegers = {1, 2, 3, 4};

class VectorFileWriterTest : public testing::Test {
 protected:
  Result<VectorFileWriter> create(const std::string& name, const VectorFileShape& shape) {
    return VectorFileWriter::create(files_, scratch_ / name, shape);
  }
  /// The file that has been made of rows of two.
  std::string written(const std::string& name, std::optional<ElementType> element = {}) {
    auto writer = create(name, {.dimensions = 2, .element = element}).value();
    writer.append(std::span<const float>(kFloats)).value();
    writer.finish().value();
    return file_contents(scratch_ / name);
  }
  std::vector<std::string> names() const {
    return io::posix_file_system().list(scratch_.path()).value();
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem files_{io::posix_file_system()};
};

TEST_F(VectorFileWriterTest, writes_the_layout_of_each_format) {
  const std::string bytes("\x01\x02\x03\x04");
  EXPECT_EQ(written("a.fvecs"), vecs_row(1.0f, 2.0f) + vecs_row(3.0f, 4.0f));
  EXPECT_EQ(written("a.ivecs"), vecs_row(1, 2) + vecs_row(3, 4));
  EXPECT_EQ(written("a.bvecs"), vecs_row('\1', '\2') + vecs_row('\3', '\4'));
  EXPECT_EQ(written("a.fbin"), bin_file(2, 2, encoded(1.0f, 2.0f, 3.0f, 4.0f)));
  EXPECT_EQ(written("a.ibin"), bin_file(2, 2, encoded(1, 2, 3, 4)));
  EXPECT_EQ(written("a.u8bin"), bin_file(2, 2, bytes));
  EXPECT_EQ(written("a.i8bin"), bin_file(2, 2, bytes));
  EXPECT_EQ(written("a.npy"),
            npy_preamble(ElementType::float32, 2, 2) + encoded(1.0f, 2.0f, 3.0f, 4.0f));
  EXPECT_EQ(written("b.npy", ElementType::float64),
            npy_preamble(ElementType::float64, 2, 2) + encoded(1.0, 2.0, 3.0, 4.0));
  EXPECT_EQ(written("c.npy", ElementType::uint8), npy_preamble(ElementType::uint8, 2, 2) + bytes);
}

TEST_F(VectorFileWriterTest, takes_integers_and_floats_row_after_row) {
  auto writer = create("a.ivecs", {.dimensions = 2}).value();
  ASSERT_THAT(writer.append(std::span<const std::int32_t>(kIntegers)), Succeeds());
  ASSERT_THAT(writer.append(std::span<const float>()), Succeeds());
  ASSERT_THAT(writer.append(std::span<const float>(kFloats).first(2)), Succeeds());
  EXPECT_EQ(writer.count(), 3u);
  ASSERT_THAT(writer.finish(), Succeeds());
  EXPECT_EQ(file_contents(scratch_ / "a.ivecs"), vecs_row(1, 2) + vecs_row(3, 4) + vecs_row(1, 2));
}

TEST_F(VectorFileWriterTest, replaces_the_old_file_when_it_is_finished_and_not_before) {
  overwrite_file(scratch_ / "a.fbin", "old");
  {
    auto writer = create("a.fbin", {.dimensions = 2}).value();
    ASSERT_THAT(writer.append(std::span<const float>(kFloats)), Succeeds());
    EXPECT_EQ(file_contents(scratch_ / "a.fbin"), "old");
    EXPECT_THAT(names(), ElementsAre("a.fbin", "a.fbin.staging"));
  }
  EXPECT_THAT(names(), ElementsAre("a.fbin"));
  EXPECT_EQ(file_contents(scratch_ / "a.fbin"), "old");
  EXPECT_EQ(written("a.fbin").size(), 24u);
  EXPECT_THAT(names(), ElementsAre("a.fbin"));
}

TEST_F(VectorFileWriterTest, whichever_call_fails_it_is_reported_and_the_file_is_old_or_new) {
  // Remove, open, the rows, the header, sync, rename, sync of the directory.
  constexpr std::uint64_t kCalls = 7;
  std::uint64_t nth = 1;
  for (;; ++nth) {
    overwrite_file(scratch_ / "a.fbin", "old");
    io::FaultyFileSystem files(io::posix_file_system());
    files.fail_any(nth, Errc::no_space);
    const auto write = [&]() -> Result<void> {
      auto writer = VectorFileWriter::create(files, scratch_ / "a.fbin", {.dimensions = 2});
      if (!writer) return writer.error();
      if (auto done = writer->append(std::span<const float>(kFloats)); !done) return done;
      return writer->finish();
    };
    const auto done = write();
    if (files.faults() == 0) {
      EXPECT_THAT(done, Succeeds());
      break;
    }
    EXPECT_THAT(done, FailsWith(Errc::no_space)) << "call " << nth;
    EXPECT_THAT(names(), ElementsAre("a.fbin")) << "call " << nth;
    EXPECT_THAT(file_contents(scratch_ / "a.fbin").size(), AnyOf(3u, 24u)) << "call " << nth;
  }
  EXPECT_EQ(nth, kCalls + 1);
}

TEST_F(VectorFileWriterTest, a_failed_write_of_rows_is_reported_where_it_happens) {
  auto writer = create("a.fbin", {.dimensions = 4096}).value();
  files_.fail(io::Operation::write, 1, Errc::no_space);
  const std::vector<float> rows(std::size_t{4096} * 65);
  EXPECT_THAT(writer.append(std::span<const float>(rows)), FailsWith(Errc::no_space));
}

TEST_F(VectorFileWriterTest, refuses_a_value_that_the_element_cannot_hold_and_keeps_what_was) {
  auto writer = create("a.u8bin", {.dimensions = 2}).value();
  const std::array<float, 6> rows = {1.0f, 2.0f, 3.0f, 4.5f, 5.0f, 6.0f};
  EXPECT_THAT(writer.append(std::span<const float>(rows)),
              FailsWith(Errc::invalid_argument, AllOf(HasSubstr("a.u8bin: element 1 of row 1"),
                                                      HasSubstr("4.5"), HasSubstr("uint8"))));
  EXPECT_EQ(writer.count(), 1u);
  ASSERT_THAT(writer.finish(), Succeeds());
  EXPECT_EQ(file_contents(scratch_ / "a.u8bin"), bin_file(1, 2, "\x01\x02"));
}

TEST_F(VectorFileWriterTest, refuses_rows_that_are_not_whole) {
  auto writer = create("a.fbin", {.dimensions = 3}).value();
  EXPECT_THAT(
      writer.append(std::span<const float>(kFloats)),
      FailsWith(Errc::invalid_argument, AllOf(HasSubstr("4 numbers"), HasSubstr("rows of 3"))));
  EXPECT_EQ(writer.count(), 0u);
}

TEST_F(VectorFileWriterTest, refuses_a_shape_that_no_file_can_have_and_makes_none) {
  EXPECT_THAT(create("a.fbin", {.dimensions = 0}),
              FailsWith(Errc::invalid_argument, HasSubstr("1 to 4096")));
  EXPECT_THAT(create("a.fbin", {.dimensions = 4097}),
              FailsWith(Errc::invalid_argument, HasSubstr("4097")));
  EXPECT_THAT(create("a.txt", {.dimensions = 2}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(create("a.fbin", {.dimensions = 2, .element = ElementType::uint8}),
              FailsWith(Errc::invalid_argument,
                        AllOf(HasSubstr("fbin"), HasSubstr("float32"), HasSubstr("uint8"))));
  EXPECT_THAT(create("none/a.fbin", {.dimensions = 2}), FailsWith(Errc::not_found));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(VectorFileWriterTest, takes_the_format_that_it_is_told_over_the_extension) {
  auto writer = create("a.bin", {.dimensions = 1, .format = VectorFormat::u8bin}).value();
  ASSERT_THAT(writer.append(std::span<const std::int32_t>(kIntegers)), Succeeds());
  ASSERT_THAT(writer.finish(), Succeeds());
  EXPECT_EQ(file_contents(scratch_ / "a.bin"), bin_file(4, 1, "\x01\x02\x03\x04"));
}

TEST_F(VectorFileWriterTest, writes_no_rows_where_the_format_can_say_so) {
  for (const char* name : {"a.fbin", "a.ibin", "a.u8bin", "a.i8bin", "a.npy"}) {
    ASSERT_THAT(create(name, {.dimensions = 5})->finish(), Succeeds());
    const auto reader = VectorFileReader::open(files_, scratch_ / name).value();
    EXPECT_EQ(reader.count(), 0u);
    EXPECT_EQ(reader.dimensions(), 5u);
  }
  for (const char* name : {"a.fvecs", "a.ivecs", "a.bvecs"}) {
    EXPECT_THAT(create(name, {.dimensions = 5})->finish(),
                FailsWith(Errc::invalid_argument, HasSubstr("at least one row")));
    EXPECT_FALSE(*files_.exists(scratch_ / name));
  }
}

TEST_F(VectorFileWriterTest, is_closed_once_it_is_finished) {
  auto writer = create("a.fbin", {.dimensions = 2}).value();
  ASSERT_THAT(writer.finish(), Succeeds());
  EXPECT_THAT(writer.finish(), FailsWith(Errc::closed, HasSubstr("a.fbin")));
  EXPECT_THAT(writer.append(std::span<const float>(kFloats)), FailsWith(Errc::closed));
}

TEST_F(VectorFileWriterTest, is_closed_by_a_publication_that_failed) {
  for (const auto operation : {io::Operation::sync_data, io::Operation::sync_directory}) {
    auto writer = create("a.fbin", {.dimensions = 2}).value();
    files_.fail(operation, 1, Errc::io_error);
    EXPECT_THAT(writer.finish(), FailsWith(Errc::io_error));
    EXPECT_THAT(writer.finish(), FailsWith(Errc::closed));
    files_.clear_faults();
  }
}

TEST_F(VectorFileWriterTest, writes_to_the_file_by_pieces_of_a_megabyte) {
  auto writer = create("a.fbin", {.dimensions = 256}).value();
  const std::vector<float> rows(std::size_t{256} * 1024, 0.5f);  // 1 MiB.
  ASSERT_THAT(writer.append(std::span<const float>(rows)), Succeeds());
  EXPECT_EQ(files_.calls(io::Operation::write), 0u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(writer.append(std::span<const float>(rows)), Succeeds());
  }
  EXPECT_EQ(files_.calls(io::Operation::write), 3u);
  ASSERT_THAT(writer.finish(), Succeeds());
  EXPECT_EQ(files_.calls(io::Operation::write), 5u);  // With the header.
  EXPECT_EQ(VectorFileReader::open(files_, scratch_ / "a.fbin")->count(), 4096u);
}

}  // namespace
}  // namespace quartz::vector
