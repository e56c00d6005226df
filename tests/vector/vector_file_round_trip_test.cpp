#include <bit>
#include <limits>

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/vector_file_reader.hpp"
#include "vector/vector_file_writer.hpp"

namespace quartz::vector {
namespace {

struct FileKind {
  VectorFormat format;
  ElementType element;
};

class VectorFileRoundTrip : public testing::TestWithParam<FileKind> {
 protected:
  /// A number that the elements hold, anywhere in their range.
  template <class Value>
  Value any_value() {
    const std::uint64_t bits = random_.next();
    switch (GetParam().element) {
      case ElementType::uint8:
        return static_cast<Value>(static_cast<std::uint8_t>(bits));
      case ElementType::int8:
        return static_cast<Value>(static_cast<std::int8_t>(bits));
      case ElementType::int32:
        // A float holds 24 bits of an integer.
        return static_cast<Value>(static_cast<std::int32_t>(bits) & ~0xFF);
      case ElementType::float32:
      case ElementType::float64:
        break;
    }
    if constexpr (std::is_same_v<Value, float>) {
      // Any number at all, infinities and subnormal ones included.
      const float value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
      return value == value ? value : -0.0f;
    }
    return static_cast<Value>(static_cast<std::int32_t>(bits) & ~0xFF);
  }

  template <class Value>
  std::vector<Value> any_values(std::size_t count) {
    std::vector<Value> values(count);
    for (Value& value : values) value = any_value<Value>();
    return values;
  }

  template <class Value>
  void write(std::span<const Value> rows, std::size_t dimensions) {
    auto writer =
        VectorFileWriter::create(
            files_, path_,
            {.dimensions = dimensions, .format = GetParam().format, .element = GetParam().element})
            .value();
    // In two calls, so that rows of different calls meet in a piece.
    const std::size_t half = rows.size() / dimensions / 2 * dimensions;
    writer.append(rows.first(half)).value();
    writer.append(rows.subspan(half)).value();
    writer.finish().value();
  }

  template <class Value>
  std::vector<Value> read_all(std::size_t dimensions) {
    auto reader = VectorFileReader::open(files_, path_, GetParam().format).value();
    EXPECT_EQ(reader.dimensions(), dimensions);
    EXPECT_EQ(reader.element(), GetParam().element);
    std::vector<Value> all;
    const auto take = [&](std::uint64_t, std::span<const Value> rows) {
      all.insert(all.end(), rows.begin(), rows.end());
      return Result<void>();
    };
    EXPECT_THAT(reader.template for_each_piece<Value>(take), Succeeds());
    return all;
  }

  ScratchDirectory scratch_;
  io::FileSystem& files_ = io::posix_file_system();
  io::Path path_ = scratch_ / "rows";
  Random random_{7};
};

TEST_P(VectorFileRoundTrip, floats_come_back_as_they_went) {
  for (const std::size_t dimensions : {1u, 2u, 3u, 100u, 4096u}) {
    for (const std::size_t count : {1u, 2u, 17u}) {
      const auto rows = any_values<float>(count * dimensions);
      write(std::span<const float>(rows), dimensions);
      const auto back = read_all<float>(dimensions);
      ASSERT_EQ(back.size(), rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(back[i], rows[i]) << i;
    }
  }
}

TEST_P(VectorFileRoundTrip, integers_come_back_as_they_went) {
  const auto rows = any_values<std::int32_t>(300);
  write(std::span<const std::int32_t>(rows), 3);
  if (is_integer(GetParam().element)) {
    EXPECT_EQ(read_all<std::int32_t>(3), rows);
  } else {
    EXPECT_EQ(read_all<float>(3), std::vector<float>(rows.begin(), rows.end()));
  }
}

TEST_P(VectorFileRoundTrip, files_of_many_pieces_come_back_as_they_went) {
  const auto rows = any_values<float>(std::size_t{6000} * 130);
  write(std::span<const float>(rows), 130);
  EXPECT_EQ(read_all<float>(130), rows);
}

INSTANTIATE_TEST_SUITE_P(EachFormat, VectorFileRoundTrip,
                         testing::Values(FileKind{VectorFormat::fvecs, ElementType::float32},
                                         FileKind{VectorFormat::ivecs, ElementType::int32},
                                         FileKind{VectorFormat::bvecs, ElementType::uint8},
                                         FileKind{VectorFormat::fbin, ElementType::float32},
                                         FileKind{VectorFormat::ibin, ElementType::int32},
                                         FileKind{VectorFormat::u8bin, ElementType::uint8},
                                         FileKind{VectorFormat::i8bin, ElementType::int8},
                                         FileKind{VectorFormat::npy, ElementType::float32},
                                         FileKind{VectorFormat::npy, ElementType::float64},
                                         FileKind{VectorFormat::npy, ElementType::uint8},
                                         FileKind{VectorFormat::npy, ElementType::int8},
                                         FileKind{VectorFormat::npy, ElementType::int32}),
                         [](const testing::TestParamInfo<FileKind>& kind) {
                           return std::string(to_string(kind.param.format)) + "_of_" +
                                  std::string(to_string(kind.param.element));
                         });

}  // namespace
}  // namespace quartz::vector
