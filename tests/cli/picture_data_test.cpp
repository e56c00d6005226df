#include "cli/picture_data.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class PictureDataTest : public testing::Test {
 protected:
  PictureDataTest() { ::unsetenv("QUARTZ_DATA_DIR"); }

  /// A .u8bin file of `count` rows, all of them of `grey`.
  void write_set(const std::string& name, char count, char dimensions, char grey = 1) {
    std::string bytes = {count, 0, 0, 0, dimensions, 0, 0, 0};
    bytes.append(static_cast<std::size_t>(count) * static_cast<std::size_t>(dimensions), grey);
    write_file(scratch_ / (name + ".u8bin"), bytes);
  }
  std::string directory() const { return scratch_.path().string(); }

  ScratchDirectory scratch_;
};

TEST_F(PictureDataTest, is_the_sample_where_nothing_else_is_known) {
  const auto found = find_picture_data("").value();
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->sample);
  EXPECT_EQ(found->side, 28u);
  EXPECT_EQ(found->base_count, 2500u);
  EXPECT_EQ(found->query_count(), 100u);
  EXPECT_TRUE(std::filesystem::exists(found->base));
}

TEST_F(PictureDataTest, sample_and_its_licence_are_less_than_two_mebibytes) {
  const auto found = find_picture_data("").value();
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(found->base.parent_path())) {
    bytes += file.file_size();
  }
  EXPECT_LT(bytes, 2u << 20);
  EXPECT_THAT(file_text(found->base.parent_path() / "README.md"),
              AllOf(HasSubstr("Yann LeCun"), HasSubstr("licenses/by-sa/3.0")));
}

TEST_F(PictureDataTest, is_what_the_caller_or_the_environment_chooses) {
  write_set("mnist-784.base", 5, 4, 7);
  write_set("mnist-784.query", 3, 4, 9);
  const auto chosen = find_picture_data(directory()).value();
  ASSERT_TRUE(chosen.has_value());
  EXPECT_FALSE(chosen->sample);
  EXPECT_EQ(chosen->side, 2u);
  EXPECT_EQ(chosen->base_count, 5u);
  EXPECT_THAT(chosen->query(2), ElementsAre(9, 9, 9, 9));
  ::setenv("QUARTZ_DATA_DIR", directory().c_str(), 1);
  EXPECT_EQ(find_picture_data("").value()->base_count, 5u);
  ::setenv("QUARTZ_DATA_DIR", (directory() + "/none").c_str(), 1);
  EXPECT_EQ(find_picture_data("").value()->base_count, 2500u);
}

TEST_F(PictureDataTest, says_what_is_wrong_with_the_files) {
  EXPECT_THAT(find_picture_data(directory()),
              FailsWith(Errc::not_found, HasSubstr("mnist-784.query.u8bin")));
  write_set("mnist-784.base", 5, 4);
  write_set("mnist-784.query", 3, 9);
  EXPECT_THAT(find_picture_data(directory()), FailsWith(Errc::invalid_argument, HasSubstr("of 9")));
  write_set("mnist-784.base", 5, 5);
  write_set("mnist-784.query", 3, 5);
  EXPECT_THAT(find_picture_data(directory()),
              FailsWith(Errc::invalid_argument, HasSubstr("square")));
  write_set("mnist-784.base", 0, 4);
  write_set("mnist-784.query", 3, 4);
  EXPECT_THAT(find_picture_data(directory()), FailsWith(Errc::invalid_argument));
  write_file(scratch_ / "mnist-784.base.u8bin", "cut");
  EXPECT_THAT(find_picture_data(directory()), FailsWith(Errc::corruption));
}

TEST_F(PictureDataTest, pixels_are_bytes) {
  EXPECT_THAT(pixels_of(std::vector<float>{0, 128, 255, -4, 300}),
              ElementsAre(0, 128, 255, 0, 255));
}

}  // namespace
}  // namespace quartz::cli
