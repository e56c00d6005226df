#include "protocol/trace_parent.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kWhole = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceParent, names_its_trace) { EXPECT_EQ(trace_id_of(kWhole), kTrace); }

TEST(TraceParent, of_a_version_to_come_may_say_more) {
  EXPECT_EQ(trace_id_of("01" + kWhole.substr(2) + "-more"), kTrace);
  EXPECT_EQ(trace_id_of("01" + kWhole.substr(2) + "more"), std::nullopt);
  EXPECT_EQ(trace_id_of(kWhole + "-more"), std::nullopt);
  EXPECT_EQ(trace_id_of("ff" + kWhole.substr(2)), std::nullopt);
}

TEST(TraceParent, is_nothing_else) {
  EXPECT_EQ(trace_id_of(""), std::nullopt);
  for (std::size_t cut = 0; cut < kWhole.size(); ++cut) {
    EXPECT_EQ(trace_id_of(std::string_view(kWhole).substr(0, cut)), std::nullopt);
  }
  for (std::size_t place = 0; place < kWhole.size(); ++place) {
    std::string wrong = kWhole;
    wrong[place] = 'G';
    EXPECT_EQ(trace_id_of(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(trace_id_of("00-" + std::string(32, '0') + "-00f067aa0ba902b7-01"), std::nullopt);
  EXPECT_EQ(trace_id_of("00-" + std::string(kTrace) + "-0000000000000000-01"), std::nullopt);
}

}  // namespace
}  // namespace quartz::protocol
