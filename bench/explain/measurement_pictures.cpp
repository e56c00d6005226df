#include "bench/explain/measurement_pictures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "bench/explain/svg_page.hpp"

namespace quartz::bench {
namespace {

constexpr std::array kQuantizations = {Quantization::none, Quantization::sq8, Quantization::sq4,
                                       Quantization::bit1};

/// Two axes of a page, either of them logarithmic or not.
struct Axes {
  Place corner;  // The lower left one.
  double width = 0;
  double height = 0;
  double x_min = 0, x_max = 1;
  double y_min = 0, y_max = 1;
  bool x_log = false;

  double along_x(double x) const {
    if (x_log) return (std::log(x) - std::log(x_min)) / (std::log(x_max) - std::log(x_min));
    return (x - x_min) / (x_max - x_min);
  }
  Place at(double x, double y) const {
    return {corner.x + width * along_x(x), corner.y - height * (y - y_min) / (y_max - y_min)};
  }
};

void draw_axes(SvgPage& page, const Axes& axes, std::string_view title, std::string_view x_title) {
  const auto& [x, y] = axes.corner;
  page.polyline(std::array<Place, 3>{{{x, y - axes.height}, {x, y}, {x + axes.width, y}}}, "axis");
  page.text({x, y - axes.height - 14}, title, "group");
  page.text({x + axes.width / 2, y + 40}, x_title, "quiet", SvgPage::Anchor::middle);
}

void mark_x(SvgPage& page, const Axes& axes, double x, std::string_view label) {
  const Place at = axes.at(x, axes.y_min);
  page.line(at, {at.x, at.y + 4}, "axis");
  page.text({at.x, at.y + 18}, label, "quiet", SvgPage::Anchor::middle);
}

void mark_y(SvgPage& page, const Axes& axes, double y, std::string_view label) {
  const Place at = axes.at(axes.x_min, y);
  page.line(at, {at.x + axes.width, at.y}, "grid");
  page.text({at.x - 6, at.y + 4}, label, "quiet", SvgPage::Anchor::end);
}

std::string series(std::size_t index) { return fmt::format("series-{}", index); }

template <class Value>
void draw_series(SvgPage& page, const Axes& axes, const VectorMeasurements& measurements,
                 const Value& value) {
  for (std::size_t i = 0; i < kQuantizations.size(); ++i) {
    std::vector<Place> places;
    for (const RecallMeasurement& one : measurements.recalls) {
      if (one.quantization != kQuantizations[i]) continue;
      places.push_back(axes.at(static_cast<double>(one.ef_search), value(one)));
    }
    page.polyline(places, series(i));
    for (const Place& place : places) page.circle(place, 2, series(i));
  }
}

void mark_candidates(SvgPage& page, const Axes& axes) {
  for (const int ef : {10, 20, 40, 80, 160, 320}) mark_x(page, axes, ef, fmt::format("{}", ef));
}

void draw_panel(SvgPage& page, const VectorMeasurements& measurements, Quantization quantization,
                Place corner, std::string_view style) {
  double largest = 1;
  for (const DistanceMeasurement& one : measurements.distances) {
    largest = std::max({largest, one.exact, one.by_code});
  }
  const Axes axes{
      .corner = corner, .width = 230, .height = 230, .x_max = largest, .y_max = largest};
  draw_axes(page, axes, to_string(quantization), "exact squared distance");
  page.line(axes.at(0, 0), axes.at(largest, largest), "ideal");
  for (const DistanceMeasurement& one : measurements.distances) {
    if (one.quantization == quantization) page.circle(axes.at(one.exact, one.by_code), 1.5, style);
  }
  double below = corner.y + 66;
  page.text({corner.x, below}, "Of the 10 exactly nearest are", "quiet");
  for (const SelectionMeasurement& one : measurements.selections) {
    if (one.quantization != quantization) continue;
    below += 17;
    page.text({corner.x, below},
              fmt::format("{:.1f} among the {} nearest by code", one.found, one.selected), "quiet");
  }
}

}  // namespace

std::string draw_recall(const VectorMeasurements& measurements) {
  SvgPage page(880, 440, "What more candidates find, and what they cost");
  Axes axes{
      .corner = {70, 360}, .width = 350, .height = 260, .x_min = 10, .x_max = 320, .x_log = true};
  for (const double recall : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}) {
    mark_y(page, axes, recall, fmt::format("{:.1f}", recall));
  }
  mark_candidates(page, axes);
  draw_axes(page, axes, "recall of the 10 nearest", "candidates kept (ef_search)");
  draw_series(page, axes, measurements, [](const RecallMeasurement& one) { return one.recall; });
  double most = 0;
  for (const RecallMeasurement& one : measurements.recalls) most = std::max(most, one.compared);
  const int thousands = std::max(1, static_cast<int>(std::ceil(most / 1000)));
  axes.corner.x = 510;
  axes.y_max = thousands * 1000.0;
  for (int i = 0; i <= thousands; ++i) mark_y(page, axes, i * 1000.0, fmt::format("{}", i * 1000));
  mark_candidates(page, axes);
  draw_axes(page, axes, "codes compared", "candidates kept (ef_search)");
  draw_series(page, axes, measurements, [](const RecallMeasurement& one) { return one.compared; });
  for (std::size_t i = 0; i < kQuantizations.size(); ++i) {
    const double x = 70 + 110 * static_cast<double>(i);
    page.line({x, 424}, {x + 24, 424}, series(i));
    page.text({x + 30, 428}, to_string(kQuantizations[i]));
  }
  return std::move(page).finish();
}

std::string draw_distances(const VectorMeasurements& measurements) {
  SvgPage page(880, 480, "Distances by codes beside exact ones");
  double x = 40;
  for (const auto& [quantization, style] :
       {std::pair{Quantization::sq8, "mark-1"}, std::pair{Quantization::sq4, "mark-2"},
        std::pair{Quantization::bit1, "mark-3"}}) {
    draw_panel(page, measurements, quantization, {x, 330}, style);
    x += 285;
  }
  return std::move(page).finish();
}

}  // namespace quartz::bench
