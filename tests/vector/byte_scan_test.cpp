#include "vector/byte_scan.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

std::size_t string_mark(const std::string& text) {
  const char* const begin = text.data();
  return static_cast<std::size_t>(find_string_mark(begin, begin + text.size()) - begin);
}

// Where the container that `text` is the inside of ends; npos if it does not.
std::size_t container_end(const std::string& text) {
  const char* const begin = text.data();
  const char* const end = ContainerEnd().find(begin, begin + text.size());
  return end == nullptr ? std::string::npos : static_cast<std::size_t>(end - begin);
}

// The same, a byte at a time.
std::size_t slow_container_end(const std::string& text) {
  std::size_t open = 1;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\') ++at;
    if (c == '"') in_string = !in_string;
    if (in_string || c == '"') continue;
    if (c == '[' || c == '{') ++open;
    if ((c == ']' || c == '}') && --open == 0) return at + 1;
  }
  return std::string::npos;
}

TEST(ByteScan, a_quote_or_backslash_is_found_wherever_it_lies) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string plain(size, 'x');
    EXPECT_EQ(string_mark(plain), size);
    for (std::size_t at = 0; at < size; ++at) {
      for (const char mark : {'"', '\\'}) {
        std::string marked = plain;
        marked[at] = mark;
        marked.back() = at + 1 < size ? '"' : mark;
        ASSERT_EQ(string_mark(marked), at) << marked;
      }
    }
  }
}

TEST(ByteScan, bytes_past_ascii_are_no_marks) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    if (byte != '"' && byte != '\\') all += static_cast<char>(byte);
  }
  EXPECT_EQ(string_mark(all), all.size());
  EXPECT_EQ(container_end(R"("\u00a9","Ûý")" + std::string("]")), 16u);
}

TEST(ByteScan, a_container_ends_where_its_brackets_balance) {
  EXPECT_EQ(container_end("]"), 1u);
  EXPECT_EQ(container_end("1, [2], {\"a\": 3}]]]"), 17u);
  EXPECT_EQ(container_end(R"("]", "\"]", "\\"])"), 17u);
  EXPECT_EQ(container_end(""), std::string::npos);
  EXPECT_EQ(container_end("[]"), std::string::npos);
  EXPECT_EQ(container_end("\"]"), std::string::npos);
  EXPECT_EQ(container_end("\"\\"), std::string::npos);
}

TEST(ByteScan, blocks_give_the_same_ends_as_single_bytes) {
  Random random(3);
  for (int i = 0; i < 100'000; ++i) {
    std::string text(random.below(80), 'x');
    // Few marks, so that blocks with none and with some follow each other.
    for (std::uint64_t marks = random.below(20); marks > 0 && !text.empty(); --marks) {
      text[random.below(text.size())] = "[]{}\"\"\"\\"[random.below(random.one_in(2) ? 7 : 8)];
    }
    ASSERT_EQ(container_end(text), slow_container_end(text)) << text;
  }
}

}  // namespace
}  // namespace quartz::vector
