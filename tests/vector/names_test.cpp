#include <gtest/gtest.h>

#include "quartz/vector/metric.hpp"
#include "quartz/vector/quantization.hpp"

namespace quartz {
namespace {

TEST(Metric, names_are_those_of_the_enumerators) {
  EXPECT_EQ(to_string(Metric::cosine), "cosine");
  EXPECT_EQ(to_string(Metric::l2), "l2");
  EXPECT_EQ(to_string(Metric::dot), "dot");
  EXPECT_EQ(to_string(Metric{3}), "unknown");
}

TEST(Quantization, names_are_those_of_the_enumerators) {
  EXPECT_EQ(to_string(Quantization::none), "none");
  EXPECT_EQ(to_string(Quantization::f16), "f16");
  EXPECT_EQ(to_string(Quantization::bf16), "bf16");
  EXPECT_EQ(to_string(Quantization::sq8), "sq8");
  EXPECT_EQ(to_string(Quantization::sq4), "sq4");
  EXPECT_EQ(to_string(Quantization::bit1), "bit1");
  EXPECT_EQ(to_string(Quantization{6}), "unknown");
}

}  // namespace
}  // namespace quartz
