#pragma once

#include <span>
#include <string>
#include <string_view>

namespace quartz::bench {

/// A place on a page, in pixels from its upper left corner.
struct Place {
  double x = 0;
  double y = 0;
};

/// A drawing, as a complete SVG 1.1 file without scripts or outside fonts, readable on white and on
/// dark pages. Shapes lie above those that were drawn before. What they look like is a class of the
/// style sheet: "link", "near", "visited", "path", "match", "query", "series-0" to "series-3" and
/// so on. The same calls give the same bytes.
class SvgPage {
 public:
  SvgPage(int width, int height, std::string_view title);

  void line(Place from, Place to, std::string_view style);
  void polyline(std::span<const Place> places, std::string_view style);
  void polygon(std::span<const Place> places, std::string_view style);
  void circle(Place centre, double radius, std::string_view style);
  enum class Anchor { start, middle, end };
  void text(Place at, std::string_view text, std::string_view style = "",
            Anchor anchor = Anchor::start);

  std::string finish() &&;

 private:
  void points(std::string_view element, std::span<const Place> places, std::string_view style);

  std::string svg_;
};

}  // namespace quartz::bench
