#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace quartz::bench {

/// A growing picture: a complete SVG 1.1 file with the style sheet of all plots, whose classes are
/// the `style` of each shape. Lengths are pixels, from the upper left corner.
class Svg {
 public:
  Svg(std::string_view title, double width, double height);

  struct Point {
    double x = 0;
    double y = 0;
  };

  /// `y` is the baseline; `anchor` is "start", "middle" or "end".
  void words(std::string_view style, double x, double y, std::string_view anchor,
             std::string_view words);
  void vertical_line(std::string_view style, double x, double from, double to);
  void horizontal_line(std::string_view style, double y, double from, double to);
  void box(std::string_view style, double x, double y, double width, double height);
  /// A line with an upright at both ends, around `y`.
  void whisker(double from, double to, double y);
  /// From point to point, with a dot at each.
  void curve(std::string_view style, std::span<const Point> points);

  std::string finish() && { return std::move(text_) + "</svg>\n"; }

 private:
  std::string text_;
};

}  // namespace quartz::bench
