#include "bench/report/plot.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/report/plot_style.hpp"
#include "bench/sample_run.hpp"

namespace quartz::bench {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;

/// An element below the root of a picture.
struct Shape {
  std::string name;
  std::string style;
  std::string words;
  double x = 0;
  double y = 0;
  double width = 0;
};

/// The picture's elements; fails the test if it is no XML.
std::vector<Shape> shapes_of(const std::string& svg) {
  std::istringstream stream(svg);
  boost::property_tree::ptree document;
  boost::property_tree::read_xml(stream, document);
  std::vector<Shape> shapes;
  for (const auto& [name, element] : document.get_child("svg")) {
    shapes.push_back({.name = name,
                      .style = element.get("<xmlattr>.class", ""),
                      .words = element.data(),
                      .x = element.get("<xmlattr>.x", 0.0),
                      .y = element.get("<xmlattr>.y", 0.0),
                      .width = element.get("<xmlattr>.width", 0.0)});
  }
  return shapes;
}

std::vector<Shape> shapes_with(const std::string& svg, const std::string& style) {
  std::vector<Shape> found;
  std::ranges::copy_if(shapes_of(svg), std::back_inserter(found),
                       [&](const Shape& shape) { return shape.style == style; });
  return found;
}

std::vector<std::string> words_with(const std::string& svg, const std::string& style) {
  std::vector<std::string> words;
  for (const Shape& shape : shapes_with(svg, style)) words.push_back(shape.words);
  return words;
}

double width_of_bar(const std::string& svg, const std::string& engine) {
  return shapes_with(svg, std::string(colour_class(engine))).at(0).width;
}

std::string plot_of(std::vector<Series> series) {
  RunResult run;
  run.series = std::move(series);
  return svg_plot(run, "Deletes", {"delete"});
}

TEST(SvgPlot, is_a_complete_document_of_its_kind) {
  const std::string svg = svg_plot(sample_run(), "Writes", {"put_process", "put_disk"});
  EXPECT_TRUE(svg.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns="));
  EXPECT_THAT(svg, HasSubstr("version=\"1.1\""));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NO_THROW(shapes_of(svg));
  EXPECT_THAT(words_with(svg, "title"), ElementsAre("Writes"));
}

TEST(SvgPlot, needs_nothing_from_elsewhere) {
  const std::string svg = svg_plot(sample_run(), "Writes", {"put_process"});
  for (const char* foreign : {"<script", "href", "url(", "@import", "@font-face"}) {
    EXPECT_THAT(svg, Not(HasSubstr(foreign)));
  }
  EXPECT_THAT(svg, HasSubstr("sans-serif"));
}

TEST(SvgPlot, has_a_group_for_each_category_and_number_of_threads_as_they_were_asked_for) {
  EXPECT_THAT(
      words_with(svg_plot(sample_run(), "All", {"put_disk", "put_process", "delete"}), "group"),
      ElementsAre("Put, disk durability, 1 thread", "Put, disk durability, 8 threads",
                  "Put, process durability"));
}

TEST(SvgPlot, has_a_bar_a_whisker_a_median_and_a_ratio_for_each_engine) {
  const std::string svg = svg_plot(sample_run(), "Writes", {"put_process"});
  for (const char* engine : {"quartz", "rocksdb", "lmdb"}) {
    EXPECT_THAT(shapes_with(svg, std::string(colour_class(engine))), SizeIs(1)) << engine;
  }
  EXPECT_THAT(shapes_with(svg, "whisker"), SizeIs(3));
  EXPECT_THAT(words_with(svg, "ours"), ElementsAre("Quartz", "890 ns"));
  EXPECT_THAT(words_with(svg, "peer"),
              ElementsAre("RocksDB", "6.63 µs", "7.4x", "LMDB", "2.67 µs", "3.0x"));
}

TEST(SvgPlot, a_loss_is_marked_by_a_word_too) {
  const std::string svg = svg_plot(sample_run(), "Scans", {"full_scan_levels"});
  EXPECT_THAT(words_with(svg, "loss"), ElementsAre("loss 0.31x"));
}

TEST(SvgPlot, bars_grow_by_equal_steps_for_equal_factors) {
  const std::string svg =
      plot_of({series_of("delete", "quartz", {100}), series_of("delete", "rocksdb", {1'000}),
               series_of("delete", "lmdb", {10'000})});
  const double step = width_of_bar(svg, "rocksdb") - width_of_bar(svg, "quartz");
  EXPECT_GT(step, 50);
  EXPECT_NEAR(width_of_bar(svg, "lmdb") - width_of_bar(svg, "rocksdb"), step, 0.2);
}

TEST(SvgPlot, the_shortest_bar_can_be_seen_even_at_a_power_of_ten) {
  const std::string svg =
      plot_of({series_of("delete", "quartz", {1'000}), series_of("delete", "lmdb", {9e9})});
  EXPECT_GT(width_of_bar(svg, "quartz"), 10);
}

TEST(SvgPlot, nothing_leaves_the_picture) {
  for (const double longest : {101.0, 9'999.0, 1e10}) {
    const std::string svg = plot_of({series_of("delete", "quartz", {100, 100}),
                                     series_of("delete", "lmdb", {longest, longest * 9})});
    const double paper = shapes_with(svg, "paper").at(0).width;
    for (const Shape& shape : shapes_of(svg)) EXPECT_LE(shape.x + shape.width, paper);
    EXPECT_LT(shapes_with(svg, "c-lmdb").at(0).x + width_of_bar(svg, "lmdb"), paper - 160);
  }
}

TEST(SvgPlot, labels_the_decades_and_where_there_are_few_the_steps_between) {
  EXPECT_THAT(words_with(plot_of({series_of("delete", "quartz", {150, 900})}), "quiet"),
              IsSupersetOf({"100 ns", "200 ns", "500 ns"}));
  const auto wide = words_with(
      plot_of({series_of("delete", "quartz", {150}), series_of("delete", "lmdb", {2e6})}), "quiet");
  EXPECT_THAT(wide, IsSupersetOf({"100 ns", "1 µs", "10 µs", "100 µs", "1 ms"}));
  EXPECT_THAT(wide, Not(Contains("200 ns")));
}

TEST(SvgPlot, an_engine_has_the_same_colour_in_every_plot_and_others_have_other_ones) {
  std::set<std::string_view> colours;
  for (const char* engine :
       {"quartz", "rocksdb", "leveldb", "lmdb", "wiredtiger", "sqlite", "tkrzw", "unknown"}) {
    EXPECT_TRUE(colours.insert(colour_class(engine)).second) << engine;
  }
  EXPECT_EQ(colour_class("rocksdb_vector"), colour_class("rocksdb"));
  EXPECT_EQ(colour_class("unknown"), colour_class("another"));
  const std::string alone =
      plot_of({series_of("delete", "lmdb", {100}), series_of("delete", "quartz", {100})});
  EXPECT_THAT(shapes_with(alone, std::string(colour_class("lmdb"))), SizeIs(1));
}

TEST(SvgPlot, dark_pages_have_colours_of_their_own_for_everything) {
  const std::string style = plot_style();
  const auto dark = style.find("@media (prefers-color-scheme:dark){");
  ASSERT_NE(dark, std::string::npos);
  for (const char* rule :
       {".paper{", "\ntext{fill", ".quiet{fill", ".loss{fill", ".grid{stroke:", ".fine{stroke:",
        ".whisker{stroke:", ".halo{stroke:", ".c-quartz{", ".c-rocksdb{", ".c-other{"}) {
    EXPECT_LT(style.find(rule), dark) << rule;
    EXPECT_NE(style.find(rule, dark), std::string::npos) << rule;
  }
}

TEST(SvgPlot, escapes_what_xml_would_take_for_its_own) {
  RunResult run;
  run.series = {series_of("<x> & \"y\"", "a<b>&'c'", {100})};
  const std::string svg = svg_plot(run, "1 < 2 & \x01 > 0", {"<x> & \"y\""});
  EXPECT_THAT(words_with(svg, "title"), ElementsAre("1 < 2 &   > 0"));
  EXPECT_THAT(words_with(svg, "group"), ElementsAre("<x> & \"y\""));
  EXPECT_THAT(words_with(svg, "peer"), Contains("a<b>&'c'"));
  EXPECT_EQ(xml_escaped("<&>\"'"), "&lt;&amp;&gt;&quot;&apos;");
}

TEST(SvgPlot, says_so_if_nothing_was_measured) {
  for (const std::string& svg :
       {svg_plot(sample_run(), "None", {"prefix_scan"}), svg_plot({}, "None", {}),
        plot_of({series_of("delete", "quartz", {}), series_of("delete", "lmdb", {0})})}) {
    EXPECT_THAT(words_with(svg, "quiet"), ElementsAre("Nothing of this was measured."));
  }
}

TEST(SvgPlot, leaves_out_an_engine_without_times) {
  const std::string svg =
      plot_of({series_of("delete", "quartz", {100}), series_of("delete", "lmdb", {0, 100})});
  EXPECT_THAT(shapes_with(svg, std::string(colour_class("lmdb"))), SizeIs(0));
  EXPECT_THAT(shapes_with(svg, std::string(colour_class("quartz"))), SizeIs(1));
}

TEST(PlotFiles, there_is_one_for_each_group_that_was_measured) {
  std::vector<std::string> names;
  for (const PlotFile& plot : plot_files(sample_run())) {
    names.push_back(plot.name);
    EXPECT_NO_THROW(shapes_of(plot.svg));
  }
  EXPECT_THAT(names, ElementsAre("writes.svg", "synced_writes.svg", "scans.svg"));
}

TEST(PlotFiles, there_is_none_of_what_is_not_about_times) {
  RunResult run;
  run.series = {series_of("space_and_write_amplification", "quartz", {100}),
                series_of("teleport_10", "quartz", {100})};
  EXPECT_THAT(plot_files(run), SizeIs(0));
}

}  // namespace
}  // namespace quartz::bench
