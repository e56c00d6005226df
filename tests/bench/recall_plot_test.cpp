#include "bench/vector/recall_plot.hpp"

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_vector_run.hpp"

namespace quartz::bench {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

struct Dot {
  double x;
  double y;
};

/// The dots of the curve with this class; fails the test if the picture is no XML.
std::vector<Dot> dots_of(const std::string& svg, const std::string& style) {
  std::istringstream stream(svg);
  boost::property_tree::ptree document;
  boost::property_tree::read_xml(stream, document);
  std::vector<Dot> dots;
  for (const auto& [name, element] : document.get_child("svg")) {
    if (name != "circle" || element.get("<xmlattr>.class", "") != style) continue;
    dots.push_back({element.get("<xmlattr>.cx", 0.0), element.get("<xmlattr>.cy", 0.0)});
  }
  return dots;
}

VectorSetResult set_with(std::vector<CurvePoint> points) {
  VectorSetResult set;
  set.name = "<set>";
  set.peers = {{.peer = "hnswlib", .bytes_per_vector = 0, .builds = {}, .points = points}};
  return set;
}

TEST(RecallPlot, has_a_curve_with_a_dot_for_each_point_and_the_name_of_each_peer) {
  const std::string svg = recall_plot(sample_vector_run().sets.front());
  EXPECT_THAT(dots_of(svg, "c-quartz-graph"), SizeIs(3));
  EXPECT_THAT(dots_of(svg, "c-hnswlib"), SizeIs(3));
  EXPECT_THAT(svg, HasSubstr(">Quartz graph</text>"));
  EXPECT_THAT(svg, HasSubstr(">hnswlib</text>"));
}

TEST(RecallPlot, leaves_out_what_is_far_below_what_anybody_wants) {
  EXPECT_THAT(dots_of(recall_plot(sample_vector_run().sets.front()), "c-faiss-ivf"), SizeIs(1));
}

TEST(RecallPlot, each_halving_of_what_is_missed_is_as_wide_as_the_last) {
  const auto dots = dots_of(
      recall_plot(set_with({{1, 0.8, {900}}, {2, 0.9, {700}}, {3, 0.95, {500}}})), "c-hnswlib");
  ASSERT_THAT(dots, SizeIs(3));
  EXPECT_GT(dots[1].x, dots[0].x);
  EXPECT_NEAR(dots[1].x - dots[0].x, dots[2].x - dots[1].x, 0.21);
}

TEST(RecallPlot, equal_factors_of_rates_are_equally_high) {
  const auto dots = dots_of(
      recall_plot(set_with({{1, 0.8, {800}}, {2, 0.9, {400}}, {3, 0.95, {200}}})), "c-hnswlib");
  ASSERT_THAT(dots, SizeIs(3));
  EXPECT_LT(dots[0].y, dots[1].y);
  EXPECT_NEAR(dots[1].y - dots[0].y, dots[2].y - dots[1].y, 0.21);
}

TEST(RecallPlot, a_perfect_recall_stays_in_the_picture) {
  const auto dots = dots_of(recall_plot(set_with({{1, 0.9, {800}}, {2, 1.0, {400}}})), "c-hnswlib");
  ASSERT_THAT(dots, SizeIs(2));
  EXPECT_TRUE(std::isfinite(dots[1].x));
  EXPECT_LT(dots[1].x, 700);
}

TEST(RecallPlot, of_a_single_point_has_finite_places) {
  const auto dots = dots_of(recall_plot(set_with({{1, 0.9, {800}}})), "c-hnswlib");
  ASSERT_THAT(dots, SizeIs(1));
  EXPECT_TRUE(std::isfinite(dots[0].y));
}

TEST(RecallPlot, says_so_if_nothing_was_measured) {
  EXPECT_THAT(recall_plot(set_with({})), HasSubstr("Nothing of this was measured."));
  EXPECT_THAT(recall_plot(set_with({{1, 0.5, {800}}})), HasSubstr("Nothing of this was measured."));
}

TEST(RecallPlot, escapes_what_xml_would_take_for_its_own) {
  EXPECT_THAT(recall_plot(set_with({{1, 0.9, {800}}})), HasSubstr("&lt;set&gt;"));
}

TEST(RecallPlot, has_a_file_for_each_set) {
  EXPECT_EQ(recall_plot_file(sample_vector_run().sets.front()), "recall_example-128.svg");
}

}  // namespace
}  // namespace quartz::bench
