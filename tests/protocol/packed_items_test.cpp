#include "protocol/packed_items.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

using testing::ElementsAre;
using testing::Optional;
using namespace std::string_literals;

std::string little(std::uint64_t number, unsigned bytes) {
  std::string text;
  for (unsigned i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i) & 0xFF);
  return text;
}

std::string listpack(const std::string& items, unsigned count) {
  return little(items.size() + 7, 4) + little(count, 2) + items + "\xFF";
}

std::string ziplist(const std::string& items, unsigned count) {
  return little(items.size() + 11, 4) + little(10, 4) + little(count, 2) + items + "\xFF";
}

std::string intset(unsigned width, std::uint32_t count, const std::string& numbers) {
  return little(width, 4) + little(count, 4) + numbers;
}

TEST(PackedItems, a_listpack_holds_texts_and_numbers_of_all_widths) {
  const std::string items = "\x07\x01"s + "\x83"s + "abc\x04"s + "\xDF\xFF\x02"s + "\xC0\x01\x02"s +
                            "\xF1\xFE\xFF\x03"s + "\xF2\x00\x00\x80\x04"s +
                            "\xF3\xFF\xFF\xFF\x7F\x05"s + "\xF4"s + little(1ULL << 40, 8) + "\x09"s;
  EXPECT_THAT(items_of_listpack(listpack(items, 8)),
              Optional(ElementsAre("7", "abc", "-1", "1", "-2", "-8388608", "2147483647",
                                   "1099511627776")));
  EXPECT_THAT(items_of_listpack(listpack(items, 0xFFFF)), testing::Ne(std::nullopt));
  EXPECT_EQ(items_of_listpack(listpack(items, 7)), std::nullopt);
}

TEST(PackedItems, a_listpack_has_long_texts) {
  const std::string text(200, 'x');
  const std::string items = "\xE0\xC8"s + text + "\x01\xCA"s;
  EXPECT_THAT(items_of_listpack(listpack(items, 1)), Optional(ElementsAre(text)));
  const std::string longer(5000, 'y');
  const std::string last = "\xF0"s + little(5000, 4) + longer + "\x27\x8D"s;
  EXPECT_THAT(items_of_listpack(listpack(last, 1)), Optional(ElementsAre(longer)));
  EXPECT_THAT(items_of_listpack(listpack("", 0)), Optional(ElementsAre()));
}

TEST(PackedItems, a_listpack_with_a_wrong_length_anywhere_is_refused) {
  const std::string good = listpack("\x83"s + "abc\x04"s, 1);
  ASSERT_NE(items_of_listpack(good), std::nullopt);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(items_of_listpack(good.substr(0, size)), std::nullopt) << size;
  }
  for (const std::string& bad :
       {good + "x", listpack("\x83"s + "abc\x05"s, 1), listpack("\xBF"s + "abc\x04"s, 1),
        listpack("\xF0\xFF\xFF\xFF\xFF"s + "abc\x04"s, 1), listpack("\xF5\x01"s, 1)}) {
    EXPECT_EQ(items_of_listpack(bad), std::nullopt);
  }
}

TEST(PackedItems, a_ziplist_holds_texts_and_numbers_of_all_widths) {
  const std::string items = "\0\x03"s + "abc"s + "\x05\xC0\xFE\xFF"s + "\x04\xFE\x80"s +
                            "\x03\xF0\x00\x00\x80"s + "\x05\xD0\x01\x00\x00\x00"s + "\x06\xE0"s +
                            little(1ULL << 40, 8) + "\xFE\x0A\0\0\0\xF1"s + "\x06\xFD"s +
                            "\x02\x40\x02hi"s + "\x04\x80\0\0\0\x01z"s;
  EXPECT_THAT(items_of_ziplist(ziplist(items, 10)),
              Optional(ElementsAre("abc", "-2", "-128", "-8388608", "1", "1099511627776", "0", "12",
                                   "hi", "z")));
  EXPECT_EQ(items_of_ziplist(ziplist(items, 9)), std::nullopt);
  const std::string good = ziplist(items, 10);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(items_of_ziplist(good.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(items_of_ziplist(ziplist("\0\xFF"s, 1)), std::nullopt);
  EXPECT_EQ(items_of_ziplist(ziplist("\0\xC1"s, 1)), std::nullopt);
}

TEST(PackedItems, an_intset_holds_numbers_of_one_width) {
  EXPECT_THAT(items_of_intset(intset(2, 2, "\xFF\xFF\x05\0"s)), Optional(ElementsAre("-1", "5")));
  EXPECT_THAT(items_of_intset(intset(4, 1, "\0\0\x01\0"s)), Optional(ElementsAre("65536")));
  EXPECT_THAT(items_of_intset(intset(8, 1, little(~0ULL, 8))), Optional(ElementsAre("-1")));
  EXPECT_EQ(items_of_intset(intset(2, 3, "\xFF\xFF\x05\0"s)), std::nullopt);
  EXPECT_EQ(items_of_intset(intset(3, 0, "")), std::nullopt);
  EXPECT_EQ(items_of_intset(intset(8, 0x20000000, "")), std::nullopt);
  EXPECT_EQ(items_of_intset("\x02\0\0"s), std::nullopt);
}

}  // namespace
}  // namespace quartz::protocol
