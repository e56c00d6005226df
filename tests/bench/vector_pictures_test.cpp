#include <algorithm>
#include <sstream>
#include <string>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <gmock/gmock.h>

#include "bench/explain/graph_pictures.hpp"
#include "bench/explain/measurement_pictures.hpp"
#include "bench/explain/recorded_walk.hpp"
#include "bench/explain/svg_page.hpp"
#include "support/result_matchers.hpp"

namespace quartz::bench {
namespace {

using testing::HasSubstr;

/// How many elements of a picture have this class; fails the test if it is no XML.
std::size_t count_of(const std::string& svg, const std::string& element, const std::string& style) {
  std::istringstream stream(svg);
  boost::property_tree::ptree document;
  boost::property_tree::read_xml(stream, document);
  std::size_t count = 0;
  for (const auto& [name, shape] : document.get_child("svg")) {
    if (name == element && shape.get("<xmlattr>.class", "") == style) ++count;
  }
  return count;
}

VectorMeasurements sample() {
  VectorMeasurements measurements;
  for (const Quantization quantization : {Quantization::none, Quantization::sq8}) {
    measurements.recalls.push_back({quantization, 10, 0.75, 300.5});
    measurements.recalls.push_back({quantization, 320, 0.9987, 3200});
  }
  measurements.distances.push_back({Quantization::sq8, 1000, 1010});
  measurements.distances.push_back({Quantization::bit1, 2000, 900});
  measurements.selections.push_back({Quantization::sq8, 20, 9.87});
  return measurements;
}

TEST(SvgPage, is_xml_whatever_is_written_on_it) {
  SvgPage page(100, 50, "a < b & \"c\"");
  page.text({1, 2}, "<script>", "quiet");
  page.circle({10, 20.25}, 3, "point");
  page.polyline({}, "path");
  const std::string svg = std::move(page).finish();
  EXPECT_EQ(count_of(svg, "text", "quiet"), 1U);
  EXPECT_THAT(svg, HasSubstr("<circle class=\"point\" cx=\"10.0\" cy=\"20.2\" r=\"3.0\"/>"));
  EXPECT_THAT(svg, HasSubstr("&lt;script&gt;"));
}

TEST(GraphPictures, show_each_point_on_each_of_its_levels) {
  const PlaneGraph graph(100, 3, 20, 5);
  const std::string svg = draw_levels(graph);
  std::size_t upper = 0;
  for (vector::Slot slot = 0; slot < 100; ++slot) upper += graph.links().level_of(slot);
  EXPECT_EQ(count_of(svg, "line", "up"), upper);
  EXPECT_EQ(count_of(svg, "circle", "point") + count_of(svg, "circle", "upper") +
                count_of(svg, "circle", "entry"),
            100 + upper);
}

TEST(GraphPictures, number_what_a_walk_comes_to) {
  const PlaneGraph graph(100, 3, 20, 5);
  const PlanePoint query{0.5F, 0.5F};
  const std::string svg = draw_walk(graph, query, 6);
  EXPECT_EQ(count_of(svg, "text", "number"), record_walk(graph, query, 6).visits.size());
  EXPECT_EQ(count_of(svg, "circle", "found"), 6U);
  EXPECT_EQ(svg, draw_walk(graph, query, 6));
}

TEST(GraphPictures, find_all_that_matches_with_enough_candidates) {
  const PlaneGraph graph(100, 3, 20, 5);
  EXPECT_THAT(draw_filter(graph, {0.5F, 0.5F}, 3, 5, 3, 100), HasSubstr("3 of the 3 nearest"));
}

TEST(MeasurementPictures, have_a_mark_for_each_measurement) {
  EXPECT_EQ(count_of(draw_recall(sample()), "circle", "series-1"), 4U);  // Two on either panel.
  EXPECT_EQ(count_of(draw_distances(sample()), "circle", "mark-3"), 1U);
  EXPECT_THAT(draw_distances(sample()), HasSubstr("9.9 among the 20 nearest by code"));
}

TEST(VectorMeasurements, are_read_as_they_were_written) {
  const std::string text = to_text(sample());
  const auto read = parse_measurements(text);
  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(to_text(*read), text);
  EXPECT_EQ(read->recalls.size(), 4U);
  EXPECT_EQ(read->distances.size(), 2U);
}

TEST(VectorMeasurements, refuse_a_line_that_is_none) {
  for (const char* line : {"recall sq8 10 0.5", "recall sq9 10 0.5 3", "recall sq8 10 half 3",
                           "speed sq8 1 2", "distance sq8 1 2 3", ""}) {
    EXPECT_THAT(parse_measurements("distance sq8 1 2\n" + std::string(line) + "\n"),
                FailsWith(Errc::corruption, HasSubstr("line 2")))
        << line;
  }
}

TEST(VectorMeasurements, need_their_data_set) {
  EXPECT_THAT(measure_vectors(io::posix_file_system(), "missing-"),
              FailsWith(Errc::not_found, HasSubstr("missing-base.u8bin")));
}

}  // namespace
}  // namespace quartz::bench
