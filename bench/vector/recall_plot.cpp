#include "bench/vector/recall_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/measure/measurement.hpp"
#include "bench/report/engine_text.hpp"
#include "bench/report/number_text.hpp"
#include "bench/report/plot_style.hpp"
#include "bench/report/svg.hpp"

namespace quartz::bench {
namespace {

// Of the picture, in pixels. At the right of the curves stand the names of the peers.
constexpr double kWidth = 880;
constexpr double kHeight = 480;
constexpr double kMargin = 18;
constexpr double kLeft = 84;
constexpr double kRight = 680;
constexpr double kTop = 84;
constexpr double kBottom = 430;
constexpr double kNamesBegin = 704;
constexpr double kNameHeight = 24;

constexpr double kRecallLeast = 0.8;
constexpr double kRecallMost = 0.9995;

struct Curve {
  std::string peer;
  std::vector<Svg::Point> points;  ///< Recall and queries a second.
};

std::vector<Curve> curves_of(const VectorSetResult& set) {
  std::vector<Curve> curves;
  for (const VectorPeerResult& peer : set.peers) {
    Curve curve{.peer = peer.peer, .points = {}};
    for (const CurvePoint& point : peer.points) {
      if (point.recall < kRecallLeast || point.queries_per_second.empty()) continue;
      curve.points.push_back({.x = std::min(point.recall, kRecallMost),
                              .y = spread_of(point.queries_per_second).median});
    }
    if (!curve.points.empty()) curves.push_back(std::move(curve));
  }
  return curves;
}

/// From recall and rate to pixels.
class Axes {
 public:
  explicit Axes(const std::vector<Curve>& curves) {
    least_ = most_ = curves.front().points.front().y;
    for (const Curve& curve : curves) {
      for (const Svg::Point& point : curve.points) {
        least_ = std::min(least_, point.y);
        most_ = std::max(most_, point.y);
      }
    }
    least_ /= 1.1;
    most_ *= 1.1;
  }

  double x(double recall) const {
    const double share = std::log((1 - recall) / (1 - kRecallLeast)) /
                         std::log((1 - kRecallMost) / (1 - kRecallLeast));
    return std::lerp(kLeft, kRight, share);
  }
  double y(double rate) const {
    return std::lerp(kBottom, kTop, std::log(rate / least_) / std::log(most_ / least_));
  }
  Svg::Point place(const Svg::Point& point) const { return {x(point.x), y(point.y)}; }

  /// Calls `visit(rate)` for one, two and five of every decade that is in the picture.
  template <class F>
  void for_each_rate(const F& visit) const {
    static constexpr std::array<double, 3> kSteps = {1, 2, 5};
    for (double decade = std::floor(std::log10(least_)); decade <= std::log10(most_); ++decade) {
      for (const double step : kSteps) {
        const double rate = step * std::pow(10, decade);
        if (rate >= least_ && rate <= most_) visit(rate);
      }
    }
  }

 private:
  double least_ = 0;
  double most_ = 0;
};

void draw_grid(Svg& svg, const Axes& axes) {
  static constexpr std::array<double, 8> kLabelled = {0.8,  0.9,   0.95,  0.98,
                                                      0.99, 0.995, 0.998, 0.999};
  for (const double recall : kLabelled) {
    svg.vertical_line("grid", axes.x(recall), kTop, kBottom);
    svg.words("quiet", axes.x(recall), kBottom + 18, "middle", fmt::format("{}", recall));
  }
  axes.for_each_rate([&](double rate) {
    svg.horizontal_line("grid", axes.y(rate), kLeft, kRight);
    svg.words("quiet", kLeft - 8, axes.y(rate) + 4, "end",
              count_text(static_cast<std::uint64_t>(std::llround(rate))));
  });
  svg.words("quiet", (kLeft + kRight) / 2, kBottom + 38, "middle", "recall");
}

}  // namespace

std::string recall_plot(const VectorSetResult& set) {
  const std::string title = set.name + ": queries a second by recall";
  const std::vector<Curve> curves = curves_of(set);
  Svg svg(title, kWidth, kHeight);
  svg.words("title", kMargin, 32, "start", title);
  if (curves.empty()) {
    svg.words("quiet", kMargin, 54, "start", "Nothing of this was measured.");
    return std::move(svg).finish();
  }
  svg.words("quiet", kMargin, 54, "start",
            "On one thread, medians, logarithmic: higher and farther right is better.");
  const Axes axes(curves);
  draw_grid(svg, axes);
  // Quartz last, so that nothing hides it.
  for (std::size_t i = curves.size(); i-- > 0;) {
    const Curve& curve = curves[i];
    std::vector<Svg::Point> points;
    for (const Svg::Point& point : curve.points) points.push_back(axes.place(point));
    svg.curve(colour_class(curve.peer), points);
    const double y = kTop + 12 + static_cast<double>(i) * kNameHeight;
    svg.box(colour_class(curve.peer), kNamesBegin, y - 10, 12, 12);
    svg.words(i == 0 ? "ours" : "peer", kNamesBegin + 20, y, "start", engine_title(curve.peer));
  }
  return std::move(svg).finish();
}

std::string recall_plot_file(const VectorSetResult& set) { return "recall_" + set.name + ".svg"; }

}  // namespace quartz::bench
