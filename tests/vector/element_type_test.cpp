#include "vector/element_type.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>

#include "vector/vector_file_bytes.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

template <class Value>
std::vector<Value> decoded(ElementType element, const std::string& bytes) {
  std::vector<Value> values(bytes.size() / bytes_of(element));
  decode(element, std::as_bytes(std::span(bytes)), std::span(values));
  return values;
}

/// The bytes, or the text "refused <index>".
template <class Value>
std::string bytes_for(ElementType element, const std::vector<Value>& values) {
  std::string bytes(values.size() * bytes_of(element), '\0');
  const auto refused =
      encode(element, std::span<const Value>(values), std::as_writable_bytes(std::span(bytes)));
  return refused ? "refused " + std::to_string(*refused) : bytes;
}

TEST(ElementType, has_a_name_and_a_size) {
  EXPECT_EQ(to_string(ElementType::float32), "float32");
  EXPECT_EQ(to_string(ElementType::float64), "float64");
  EXPECT_EQ(to_string(ElementType::uint8), "uint8");
  EXPECT_EQ(to_string(ElementType::int8), "int8");
  EXPECT_EQ(to_string(ElementType::int32), "int32");
  EXPECT_EQ(bytes_of(ElementType::float32), 4u);
  EXPECT_EQ(bytes_of(ElementType::float64), 8u);
  EXPECT_EQ(bytes_of(ElementType::uint8), 1u);
  EXPECT_EQ(bytes_of(ElementType::int8), 1u);
  EXPECT_EQ(bytes_of(ElementType::int32), 4u);
  EXPECT_FALSE(is_integer(ElementType::float32));
  EXPECT_FALSE(is_integer(ElementType::float64));
  EXPECT_TRUE(is_integer(ElementType::uint8));
  EXPECT_TRUE(is_integer(ElementType::int8));
  EXPECT_TRUE(is_integer(ElementType::int32));
}

TEST(ElementType, every_element_becomes_a_float) {
  EXPECT_THAT(decoded<float>(ElementType::float32, encoded(1.5f, -0.25f)),
              ElementsAre(1.5f, -0.25f));
  EXPECT_THAT(decoded<float>(ElementType::float64, encoded(1.5, -0.25)), ElementsAre(1.5f, -0.25f));
  EXPECT_THAT(decoded<float>(ElementType::uint8, "\x01\xFF"), ElementsAre(1.0f, 255.0f));
  EXPECT_THAT(decoded<float>(ElementType::int8, "\x01\xFF"), ElementsAre(1.0f, -1.0f));
  EXPECT_THAT(decoded<float>(ElementType::int32, encoded(7, -300)), ElementsAre(7.0f, -300.0f));
}

TEST(ElementType, what_a_float_cannot_hold_becomes_the_nearest_or_infinity) {
  EXPECT_THAT(decoded<float>(ElementType::float64, encoded(0.1, 1e300, -1e300)),
              ElementsAre(0.1f, std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()));
  EXPECT_THAT(decoded<float>(ElementType::int32, encoded(16'777'217)), ElementsAre(16'777'216.0f));
}

TEST(ElementType, infinities_and_nan_stay_what_they_are) {
  const auto single =
      decoded<float>(ElementType::float32, encoded(std::numeric_limits<float>::infinity(),
                                                   -std::numeric_limits<float>::infinity(), kNaN));
  EXPECT_EQ(single[0], std::numeric_limits<float>::infinity());
  EXPECT_EQ(single[1], -std::numeric_limits<float>::infinity());
  EXPECT_EQ(std::bit_cast<std::uint32_t>(single[2]), std::bit_cast<std::uint32_t>(kNaN));
  const auto twofold = decoded<float>(
      ElementType::float64, encoded(double{std::numeric_limits<float>::infinity()}, double{kNaN}));
  EXPECT_EQ(twofold[0], std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(twofold[1]));
}

TEST(ElementType, integers_are_read_exactly) {
  constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
  EXPECT_THAT(decoded<std::int32_t>(ElementType::int32, encoded(16'777'217, kMin)),
              ElementsAre(16'777'217, kMin));
  EXPECT_THAT(decoded<std::int32_t>(ElementType::uint8, "\x80"), ElementsAre(128));
  EXPECT_THAT(decoded<std::int32_t>(ElementType::int8, "\x80"), ElementsAre(-128));
}

TEST(ElementType, floats_are_written_as_floats_whatever_they_are) {
  EXPECT_EQ(
      bytes_for<float>(ElementType::float32, {1.5f, std::numeric_limits<float>::infinity(), kNaN}),
      encoded(1.5f, std::numeric_limits<float>::infinity(), kNaN));
  EXPECT_EQ(bytes_for<float>(ElementType::float64, {0.1f, -std::numeric_limits<float>::infinity()}),
            encoded(double{0.1f}, double{-std::numeric_limits<float>::infinity()}));
}

TEST(ElementType, floats_are_written_as_integers_when_they_are_some) {
  EXPECT_EQ(bytes_for<float>(ElementType::uint8, {0.0f, -0.0f, 255.0f}),
            encoded('\0', '\0', '\xFF'));
  EXPECT_EQ(bytes_for<float>(ElementType::int8, {-128.0f, 127.0f}), "\x80\x7F");
  EXPECT_EQ(bytes_for<float>(ElementType::int32, {-2147483648.0f, 2147483520.0f}),
            encoded(std::numeric_limits<std::int32_t>::min(), 2147483520));
}

TEST(ElementType, the_first_float_that_is_no_such_integer_is_named) {
  EXPECT_EQ(bytes_for<float>(ElementType::uint8, {1.0f, 0.5f, 300.0f}), "refused 1");
  EXPECT_EQ(bytes_for<float>(ElementType::uint8, {1.0f, 2.0f, 256.0f}), "refused 2");
  EXPECT_EQ(bytes_for<float>(ElementType::uint8, {-1.0f}), "refused 0");
  EXPECT_EQ(bytes_for<float>(ElementType::int8, {128.0f}), "refused 0");
  EXPECT_EQ(bytes_for<float>(ElementType::int32, {2147483648.0f}), "refused 0");
  for (const float value :
       {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(), kNaN}) {
    EXPECT_EQ(bytes_for<float>(ElementType::int32, {value}), "refused 0") << value;
  }
}

TEST(ElementType, integers_are_written_where_they_fit_exactly) {
  EXPECT_EQ(bytes_for<std::int32_t>(ElementType::int32, {-5}), encoded(-5));
  EXPECT_EQ(bytes_for<std::int32_t>(ElementType::uint8, {255}), "\xFF");
  EXPECT_EQ(bytes_for<std::int32_t>(ElementType::uint8, {0, 256}), "refused 1");
  EXPECT_EQ(bytes_for<std::int32_t>(ElementType::int8, {-129}), "refused 0");
  EXPECT_EQ(bytes_for<std::int32_t>(ElementType::float32, {16'777'216}), encoded(16'777'216.0f));
  EXPECT_EQ(bytes_for<std::int32_t>(ElementType::float32, {16'777'217}), "refused 0");
  EXPECT_EQ(bytes_for<std::int32_t>(ElementType::float32, {2147483647}), "refused 0");
  EXPECT_EQ(bytes_for<std::int32_t>(ElementType::float64, {16'777'217}), encoded(16'777'217.0));
}

}  // namespace
}  // namespace quartz::vector
