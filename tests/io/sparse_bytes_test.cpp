#include "support/sparse_bytes.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include "base/coding.hpp"
#include "base/random.hpp"

namespace quartz {
namespace {

std::string text_of(const SparseBytes& bytes) {
  std::string text(bytes.size(), '?');
  EXPECT_EQ(bytes.read_at(0, std::as_writable_bytes(std::span(text))), bytes.size());
  return text;
}

// Some bytes of one kind, of which zeros are one.
std::string some_text(Random& random) {
  const char letter = random.one_in(4) ? '\0' : static_cast<char>('a' + random.below(26));
  return std::string(random.below(random.one_in(3) ? 12000 : 300), letter);
}

TEST(SparseBytes, are_what_whole_bytes_are_and_so_are_their_images) {
  Random random(11);
  SparseBytes bytes;
  std::string expected;
  std::pair<SparseBytes, std::string> image;
  for (int step = 0; step < 3000; ++step) {
    const std::size_t offset = random.below(random.one_in(2) ? 20000 : expected.size() + 1);
    if (random.one_in(4)) {
      bytes.resize(offset);
      expected.resize(offset);
    } else if (const std::string text = some_text(random); !text.empty()) {
      bytes.write_at(offset, as_bytes(text));
      expected.resize(std::max(expected.size(), offset + text.size()));
      expected.replace(offset, text.size(), text);
    }
    ASSERT_EQ(text_of(bytes), expected) << "step " << step;
    ASSERT_EQ(text_of(image.first), image.second) << "step " << step;
    if (random.one_in(10)) image = {bytes, expected};
    if (random.one_in(20)) std::tie(bytes, expected) = image;
  }
}

TEST(SparseBytes, are_read_as_far_as_there_are_any) {
  SparseBytes bytes;
  bytes.write_at(4090, as_bytes(std::string("0123456789")));
  std::string text(100, '?');
  EXPECT_EQ(bytes.read_at(4095, std::as_writable_bytes(std::span(text))), 5u);
  EXPECT_EQ(text.substr(0, 6), "56789?");
  EXPECT_EQ(bytes.read_at(4100, std::as_writable_bytes(std::span(text))), 0u);
  EXPECT_EQ(bytes.read_at(1 << 20, std::as_writable_bytes(std::span(text))), 0u);
}

TEST(SparseBytes, share_each_page_with_their_image_until_it_changes) {
  SparseBytes bytes;
  bytes.write_at(0, as_bytes(std::string(3 * SparseBytes::kPageBytes, 'x')));
  const SparseBytes image = bytes;
  bytes.write_at(0, as_bytes(std::string("x")));
  bytes.write_at(SparseBytes::kPageBytes, as_bytes(std::string("y")));
  EXPECT_EQ(&bytes.page(0), &image.page(0));
  EXPECT_NE(&bytes.page(1), &image.page(1));
  EXPECT_EQ(&bytes.page(2), &image.page(2));
  EXPECT_FALSE(bytes.same_page(1, image));
  bytes.write_at(SparseBytes::kPageBytes, as_bytes(std::string("x")));
  EXPECT_TRUE(bytes.same_page(1, image));
  EXPECT_NE(&bytes.page(1), &image.page(1));
  bytes.share_page(1, image);
  EXPECT_EQ(&bytes.page(1), &image.page(1));
}

TEST(SparseBytes, hold_no_page_for_reserved_space) {
  SparseBytes bytes;
  bytes.resize(std::size_t{1} << 40);
  EXPECT_EQ(bytes.pages(), 0u);
  bytes.write_at(std::size_t{1} << 30, as_bytes(std::string(10000, '\0')));
  EXPECT_EQ(bytes.pages(), 0u);
  EXPECT_TRUE(bytes.same_page(5, SparseBytes()));
}

}  // namespace
}  // namespace quartz
