#include "bench/report/svg.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "bench/report/plot_style.hpp"

namespace quartz::bench {

Svg::Svg(std::string_view title, double width, double height)
    : text_(fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"{0}\" "
                        "height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\">\n<title>{2}</title>\n"
                        "<style type=\"text/css\">\n{3}</style>\n"
                        "<rect class=\"paper\" width=\"{0}\" height=\"{1}\" rx=\"6\"/>\n",
                        width, height, xml_escaped(title), plot_style())) {}

void Svg::words(std::string_view style, double x, double y, std::string_view anchor,
                std::string_view words) {
  fmt::format_to(std::back_inserter(text_),
                 "<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                 style, x, y, anchor, xml_escaped(words));
}

void Svg::vertical_line(std::string_view style, double x, double from, double to) {
  fmt::format_to(std::back_inserter(text_), "<path class=\"{}\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>\n",
                 style, x, from, to);
}

void Svg::horizontal_line(std::string_view style, double y, double from, double to) {
  fmt::format_to(std::back_inserter(text_), "<path class=\"{}\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n",
                 style, from, y, to);
}

void Svg::box(std::string_view style, double x, double y, double width, double height) {
  fmt::format_to(std::back_inserter(text_),
                 "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                 "height=\"{:.1f}\" rx=\"1.5\"/>\n",
                 style, x, y, width, height);
}

void Svg::whisker(double from, double to, double y) {
  for (const std::string_view style : {"halo", "whisker"}) {
    fmt::format_to(std::back_inserter(text_),
                   "<path class=\"{0}\" d=\"M{1:.1f} {3:.1f}V{4:.1f}M{2:.1f} {3:.1f}V{4:.1f}"
                   "M{1:.1f} {5:.1f}H{2:.1f}\"/>\n",
                   style, from, to, y - 3.5, y + 3.5, y);
  }
}

void Svg::curve(std::string_view style, std::span<const Point> points) {
  std::string places;
  for (const Point& point : points) {
    places += fmt::format("{}{:.1f},{:.1f}", places.empty() ? "" : " ", point.x, point.y);
  }
  fmt::format_to(std::back_inserter(text_), "<polyline class=\"curve {}\" points=\"{}\"/>\n", style,
                 places);
  for (const Point& point : points) {
    fmt::format_to(std::back_inserter(text_),
                   "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>\n", style, point.x,
                   point.y);
  }
}

}  // namespace quartz::bench
