#include "bench/explain/svg_page.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "bench/report/plot_style.hpp"

namespace quartz::bench {
namespace {

/// A class: how it is drawn, and its colour on either page.
struct Style {
  std::string_view name;
  std::string_view property;  ///< Which the colours are of.
  std::string_view on_white;
  std::string_view on_dark;
  std::string_view others;
};
// Colours as in the plots of benchmarks: Okabe and Ito's.
constexpr std::array<Style, 22> kStyles = {{
    {"sheet", "stroke", "#d8dee4", "#2d333b", "fill:none"},
    {"link", "stroke", "#d3d9df", "#2f363e", "stroke-width:0.8"},
    {"up", "stroke", "#aab4be", "#4a535d", "stroke-width:0.8;stroke-dasharray:2 3"},
    {"point", "fill", "#9aa4ae", "#67717b", ""},
    {"upper", "fill", "#0072b2", "#3d9bd6", ""},
    {"entry", "fill", "#d55e00", "#f0803c", ""},
    {"visited", "fill", "#56b4e9", "#3d9bd6", ""},
    {"found", "fill", "#d55e00", "#f0803c", ""},
    {"step", "stroke", "#56b4e9", "#3d9bd6", "stroke-width:1.2"},
    {"path", "stroke", "#d55e00", "#f0803c", "stroke-width:2.5;fill:none"},
    {"match", "stroke", "#009e73", "#2fb98f", "stroke-width:2;fill:none"},
    {"query", "stroke", "#b3261e", "#ff8d85", "stroke-width:2.5"},
    {"number", "fill", "#1f2328", "#e6edf3", "font-size:9px"},
    {"axis", "stroke", "#59636e", "#9198a1", "stroke-width:1;fill:none"},
    {"ideal", "stroke", "#59636e", "#9198a1", "stroke-width:1;stroke-dasharray:4 3"},
    {"series-0", "stroke", "#1f2328", "#e6edf3", "stroke-width:2;fill:none"},
    {"series-1", "stroke", "#d55e00", "#f0803c", "stroke-width:2;fill:none"},
    {"series-2", "stroke", "#0072b2", "#3d9bd6", "stroke-width:2;fill:none"},
    {"series-3", "stroke", "#009e73", "#2fb98f", "stroke-width:2;fill:none"},
    {"mark-1", "fill", "#d55e00", "#f0803c", ""},
    {"mark-2", "fill", "#0072b2", "#3d9bd6", ""},
    {"mark-3", "fill", "#009e73", "#2fb98f", ""},
}};

std::string style_sheet() {
  std::string own;
  std::string dark;
  for (const Style& style : kStyles) {
    own +=
        fmt::format(".{}{{{}:{};{}}}\n", style.name, style.property, style.on_white, style.others);
    dark += fmt::format(".{}{{{}:{}}}\n", style.name, style.property, style.on_dark);
  }
  return plot_style() + own + "@media (prefers-color-scheme:dark){\n" + dark + "}\n";
}

constexpr std::array<std::string_view, 3> kAnchors = {"start", "middle", "end"};

}  // namespace

SvgPage::SvgPage(int width, int height, std::string_view title) {
  svg_ = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" role=\"img\">\n"
      "<title>{2}</title>\n<style type=\"text/css\">\n{3}</style>\n"
      "<rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>\n",
      width, height, xml_escaped(title), style_sheet());
  text({20, 30}, title, "title");
}

void SvgPage::line(Place from, Place to, std::string_view style) {
  svg_ +=
      fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
                  style, from.x, from.y, to.x, to.y);
}

void SvgPage::points(std::string_view element, std::span<const Place> places,
                     std::string_view style) {
  svg_ += fmt::format("<{} class=\"{}\" points=\"", element, style);
  for (const Place& place : places) svg_ += fmt::format("{:.1f},{:.1f} ", place.x, place.y);
  if (!places.empty()) svg_.pop_back();
  svg_ += "\"/>\n";
}

void SvgPage::polyline(std::span<const Place> places, std::string_view style) {
  points("polyline", places, style);
}

void SvgPage::polygon(std::span<const Place> places, std::string_view style) {
  points("polygon", places, style);
}

void SvgPage::circle(Place centre, double radius, std::string_view style) {
  svg_ += fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>\n", style,
                      centre.x, centre.y, radius);
}

void SvgPage::text(Place at, std::string_view text, std::string_view style, Anchor anchor) {
  svg_ +=
      fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                  style, at.x, at.y, kAnchors[static_cast<std::size_t>(anchor)], xml_escaped(text));
}

std::string SvgPage::finish() && {
  svg_ += "</svg>\n";
  return std::move(svg_);
}

}  // namespace quartz::bench
