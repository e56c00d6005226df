#include "vector/vector_format.hpp"

#include <set>

#include "support/result_matchers.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(VectorFormat, is_told_by_the_extension_in_capitals_or_not) {
  for (const VectorFormat format : kVectorFormats) {
    const std::string name(to_string(format));
    EXPECT_EQ(format_of("data/base." + name).value(), format);
    EXPECT_EQ(format_of("base.of.2024." + name).value(), format);
  }
  EXPECT_EQ(format_of("BASE.FVECS").value(), VectorFormat::fvecs);
  EXPECT_EQ(format_of("Base.U8Bin").value(), VectorFormat::u8bin);
}

TEST(VectorFormat, of_another_extension_or_none_is_refused_with_the_path_and_the_known_ones) {
  for (const char* path : {"base", "base.", "base.bin", "base.npyx", "xnpy", "fvecs", ".fvecs",
                           "base.fvecs/rows", "base.fvecs.gz", ""}) {
    EXPECT_THAT(format_of(path), FailsWith(Errc::invalid_argument,
                                           AllOf(HasSubstr(path), HasSubstr("fvecs, ivecs, bvecs, "
                                                                            "fbin, ibin, u8bin, "
                                                                            "i8bin, npy"))))
        << path;
  }
}

TEST(VectorFormat, holds_one_type_of_element_unless_it_is_npy) {
  EXPECT_EQ(element_of(VectorFormat::fvecs), ElementType::float32);
  EXPECT_EQ(element_of(VectorFormat::ivecs), ElementType::int32);
  EXPECT_EQ(element_of(VectorFormat::bvecs), ElementType::uint8);
  EXPECT_EQ(element_of(VectorFormat::fbin), ElementType::float32);
  EXPECT_EQ(element_of(VectorFormat::ibin), ElementType::int32);
  EXPECT_EQ(element_of(VectorFormat::u8bin), ElementType::uint8);
  EXPECT_EQ(element_of(VectorFormat::i8bin), ElementType::int8);
  EXPECT_EQ(element_of(VectorFormat::npy), std::nullopt);
}

TEST(VectorFormat, belongs_to_the_family_that_its_name_ends_in) {
  for (const VectorFormat format : kVectorFormats) {
    const std::string_view name = to_string(format);
    EXPECT_EQ(family_of(format) == FormatFamily::vecs, name.ends_with("vecs")) << name;
    EXPECT_EQ(family_of(format) == FormatFamily::bin, name.ends_with("bin")) << name;
    EXPECT_EQ(family_of(format) == FormatFamily::npy, name == "npy") << name;
  }
}

}  // namespace
}  // namespace quartz::vector
