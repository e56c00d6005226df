#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/vector_file_bytes.hpp"
#include "vector/vector_file_reader.hpp"

namespace quartz::vector {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr std::size_t kRows = 4;

/// Four rows of three, {1, 2, 3} and so on to 12, in one format.
struct DamagedFile {
  const char* name;
  VectorFormat format;
  std::string bytes;
  std::size_t header_bytes;  // What is damaged at random.
};

template <class Element>
std::string elements() {
  std::string bytes;
  for (int i = 1; i <= 12; ++i) bytes += encoded(static_cast<Element>(i));
  return bytes;
}

template <class Element>
DamagedFile vecs(const char* name, VectorFormat format) {
  std::string bytes;
  for (int i = 1; i <= 12; i += 3) {
    bytes +=
        vecs_row(static_cast<Element>(i), static_cast<Element>(i + 1), static_cast<Element>(i + 2));
  }
  return {.name = name, .format = format, .bytes = bytes, .header_bytes = 4};
}

template <class Element>
DamagedFile bin(const char* name, VectorFormat format) {
  return {.name = name,
          .format = format,
          .bytes = bin_file(4, 3, elements<Element>()),
          .header_bytes = 8};
}

template <class Element>
DamagedFile npy(const char* name, int major, const char* type) {
  const std::string text =
      std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (4, 3), }     \n";
  const std::string bytes = npy_file(major, text, elements<Element>());
  return {.name = name,
          .format = VectorFormat::npy,
          .bytes = bytes,
          .header_bytes = bytes.size() - 12 * sizeof(Element)};
}

std::vector<DamagedFile> vecs_samples() {
  return {vecs<float>("fvecs", VectorFormat::fvecs),
          vecs<std::int32_t>("ivecs", VectorFormat::ivecs),
          vecs<std::uint8_t>("bvecs", VectorFormat::bvecs)};
}

std::vector<DamagedFile> headed_samples() {
  return {bin<float>("fbin", VectorFormat::fbin),
          bin<std::int32_t>("ibin", VectorFormat::ibin),
          bin<std::uint8_t>("u8bin", VectorFormat::u8bin),
          bin<std::int8_t>("i8bin", VectorFormat::i8bin),
          npy<float>("npy_f4", 1, "<f4"),
          npy<double>("npy_f8", 2, "<f8"),
          npy<std::uint8_t>("npy_u1", 3, "|u1"),
          npy<std::int8_t>("npy_i1", 1, "|i1"),
          npy<std::int32_t>("npy_i4", 1, "<i4")};
}

class VectorFileDamage : public testing::TestWithParam<DamagedFile> {
 protected:
  /// All rows of a file of these bytes, or the first error.
  Result<std::vector<float>> read_all(const std::string& bytes) {
    // A new file: some file systems sync one that is written anew in its place.
    std::filesystem::remove(path_);
    overwrite_file(path_, bytes);
    QUARTZ_ASSIGN(auto reader, VectorFileReader::open(files_, path_, GetParam().format));
    // Whatever the header says: there are no more elements than the file has bytes.
    EXPECT_LE(reader.count() * reader.dimensions(), bytes.size());
    std::vector<float> all;
    const auto take = [&](std::uint64_t, std::span<const float> rows) {
      all.insert(all.end(), rows.begin(), rows.end());
      return Result<void>();
    };
    QUARTZ_TRY(reader.for_each_piece(take));
    return all;
  }

  /// Whether a file that is cut there looks like a whole one.
  static bool ends_between_rows(std::size_t bytes) {
    if (family_of(GetParam().format) != FormatFamily::vecs) return false;
    return bytes > 0 && bytes % (GetParam().bytes.size() / kRows) == 0;
  }

  static const std::vector<float>& rows() {
    static const std::vector<float> all = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    return all;
  }

  ScratchDirectory scratch_;
  io::FileSystem& files_ = io::posix_file_system();
  io::Path path_ = scratch_ / "rows";
};

class VecsFileDamage : public VectorFileDamage {};

TEST_P(VectorFileDamage, none_gives_all_rows) {
  EXPECT_EQ(read_all(GetParam().bytes).value(), rows());
}

TEST_P(VectorFileDamage, a_cut_is_an_error_that_names_the_file_and_where_it_ends) {
  for (std::size_t bytes = 0; bytes < GetParam().bytes.size(); ++bytes) {
    const auto read = read_all(GetParam().bytes.substr(0, bytes));
    if (ends_between_rows(bytes)) {
      // Nothing in such a file says how many rows there were. The rest is right, at least.
      ASSERT_THAT(read, Succeeds()) << bytes;
      EXPECT_TRUE(std::equal(read->begin(), read->end(), rows().begin())) << bytes;
      continue;
    }
    EXPECT_THAT(read, FailsWith(Errc::corruption, HasSubstr(path_.string()))) << bytes;
    EXPECT_THAT(read, FailsWith(Errc::corruption,
                                AnyOf(HasSubstr("ends at offset " + std::to_string(bytes)),
                                      HasSubstr("is empty"))))
        << bytes;
  }
}

TEST_P(VectorFileDamage, bytes_behind_the_rows_are_an_error) {
  EXPECT_THAT(read_all(GetParam().bytes + '\0'), FailsWith(Errc::corruption));
}

TEST_P(VectorFileDamage, a_flipped_bit_of_the_header_is_an_error_or_changes_nothing) {
  for (std::size_t offset = 0; offset < GetParam().header_bytes; ++offset) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bytes = GetParam().bytes;
      bytes[offset] = static_cast<char>(static_cast<unsigned char>(bytes[offset]) ^ (1u << bit));
      const auto read = read_all(bytes);
      if (read) {
        EXPECT_EQ(*read, rows()) << "bit " << bit << " of byte " << offset;
      }
    }
  }
}

// That of the first row could be such that the whole is one long row, which nobody could tell from
// a damaged file. In these files no single bit makes it so.
TEST_P(VecsFileDamage, a_flipped_bit_of_any_rows_dimension_is_an_error) {
  const std::size_t row_bytes = GetParam().bytes.size() / kRows;
  for (std::size_t row = 0; row < kRows; ++row) {
    for (unsigned bit = 0; bit < 32; ++bit) {
      std::string bytes = GetParam().bytes;
      char& damaged = bytes[row * row_bytes + bit / 8];
      damaged = static_cast<char>(static_cast<unsigned char>(damaged) ^ (1u << (bit % 8)));
      EXPECT_THAT(read_all(bytes), testing::Not(Succeeds())) << "bit " << bit << " of row " << row;
    }
  }
}

TEST_P(VectorFileDamage, random_bytes_in_the_header_are_survived) {
  const std::uint64_t seed = number_from_environment("QUARTZ_TEST_SEED", 1);
  Random random(seed);
  for (int run = 0; run < 1000; ++run) {
    std::string bytes = GetParam().bytes;
    for (std::uint64_t left = 1 + random.below(4); left > 0; --left) {
      bytes[random.below(GetParam().header_bytes)] = static_cast<char>(random.next());
    }
    const auto read = read_all(bytes);
    if (!read) {
      EXPECT_THAT(read.error().message(), HasSubstr(path_.string())) << "seed " << seed;
    }
  }
}

std::string name_of_sample(const testing::TestParamInfo<DamagedFile>& sample) {
  return sample.param.name;
}

INSTANTIATE_TEST_SUITE_P(OfVecs, VectorFileDamage, testing::ValuesIn(vecs_samples()),
                         name_of_sample);
INSTANTIATE_TEST_SUITE_P(OfOthers, VectorFileDamage, testing::ValuesIn(headed_samples()),
                         name_of_sample);
INSTANTIATE_TEST_SUITE_P(OfVecs, VecsFileDamage, testing::ValuesIn(vecs_samples()), name_of_sample);

}  // namespace
}  // namespace quartz::vector
