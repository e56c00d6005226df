#include "bench/report/plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "bench/report/category_text.hpp"
#include "bench/report/contest.hpp"
#include "bench/report/engine_text.hpp"
#include "bench/report/number_text.hpp"
#include "bench/report/plot_style.hpp"
#include "bench/report/summary.hpp"
#include "bench/report/svg.hpp"

namespace quartz::bench {
namespace {

// Of the picture, in pixels. From left to right: names of engines, bars, medians, ratios.
constexpr double kWidth = 880;
constexpr double kMargin = 18;
constexpr double kNamesEnd = 124;
constexpr double kBarsBegin = 134;
constexpr double kBarsEnd = 694;
constexpr double kMediansEnd = 770;
constexpr double kRatiosEnd = kWidth - kMargin;
constexpr double kHeadHeight = 84;  // Title, what it shows, labels of the axis.
constexpr double kFootHeight = 30;
constexpr double kGroupHeight = 28;  // Its heading.
constexpr double kGroupGap = 8;
constexpr double kRowHeight = 20;
constexpr double kBarHeight = 13;

constexpr std::string_view kSubtitle =
    "Median time per operation, logarithmic: shorter is better. Whiskers: fastest and slowest "
    "repetition. Ratio: peer to Quartz.";

struct Bar {
  std::string engine;
  Spread ns;
  std::optional<Spread> ratio;
};
struct Group {
  std::string title;
  std::vector<Bar> bars;
};

/// Bars of all entrants with a time; a logarithm has no place for others.
Group group_of(const Contest& contest) {
  Group group{.title = contest.title, .bars = {}};
  const Series* ours = contest.ours();
  for (const Series* entrant : contest.entrants) {
    const Spread ns = summary_of(*entrant).ns_per_operation;
    if (!(ns.least > 0) || !std::isfinite(ns.most)) continue;
    const bool peer = ours != nullptr && ours != entrant;
    group.bars.push_back({.engine = entrant->engine,
                          .ns = ns,
                          .ratio = peer ? ratio_of(*entrant, *ours) : std::nullopt});
  }
  return group;
}

std::vector<Group> groups_of(const RunResult& run, const std::vector<std::string>& categories) {
  const std::vector<Contest> contests = contests_of(run);
  std::vector<Group> groups;
  for (const std::string& category : categories) {
    for (const Contest& contest : contests) {
      if (contest.category != category) continue;
      if (Group group = group_of(contest); !group.bars.empty()) groups.push_back(std::move(group));
    }
  }
  return groups;
}

/// The logarithmic axis: from nanoseconds to pixels.
class Axis {
 public:
  explicit Axis(const std::vector<Group>& groups) {
    double least = groups.front().bars.front().ns.least;
    double most = least;
    for (const Group& group : groups) {
      for (const Bar& bar : group.bars) {
        least = std::min(least, bar.ns.least);
        most = std::max(most, bar.ns.most);
      }
    }
    // The shortest bar has to be long enough to be seen, and the longest whisker to end inside.
    begin_ = std::floor(std::log10(least) - 0.15);
    end_ = std::max(std::log10(most) + 0.05, begin_ + 1);
  }

  double x(double ns) const {
    return kBarsBegin + (std::log10(ns) - begin_) / (end_ - begin_) * (kBarsEnd - kBarsBegin);
  }

  /// Calls `visit(ns, labelled)` for each line of the grid: one, two and five of every decade.
  /// Labelled are the decades and, where there are few of them, all.
  template <class F>
  void for_each_line(F visit) const {
    static constexpr std::array<double, 3> kSteps = {1, 2, 5};
    const bool few = end_ - begin_ < 2.5;
    for (double decade = begin_; decade <= end_; ++decade) {
      for (const double step : kSteps) {
        const double ns = step * std::pow(10, decade);
        if (std::log10(ns) <= end_) visit(ns, few || step == 1);
      }
    }
  }

 private:
  double begin_ = 0;  // Both as powers of ten.
  double end_ = 1;
};

void draw_row(Svg& svg, const Axis& axis, const Bar& bar, double top) {
  const double middle = top + kRowHeight / 2;
  const double baseline = middle + 4.5;
  const std::string_view style = bar.engine == kOurEngine ? "ours" : "peer";
  svg.words(style, kNamesEnd, baseline, "end", engine_title(bar.engine));
  svg.box(colour_class(bar.engine), kBarsBegin, middle - kBarHeight / 2,
          axis.x(bar.ns.median) - kBarsBegin, kBarHeight);
  svg.whisker(axis.x(bar.ns.least), axis.x(bar.ns.most), middle);
  svg.words(style, kMediansEnd, baseline, "end", duration_text(bar.ns.median));
  if (!bar.ratio) return;
  const bool loss = is_loss(*bar.ratio);
  svg.words(loss ? "loss" : style, kRatiosEnd, baseline, "end",
            (loss ? "loss " : "") + ratio_text(bar.ratio->median));
}

/// The labels of the axis, above or below the bars, with `y` as their baseline.
void draw_labels(Svg& svg, const Axis& axis, double y) {
  axis.for_each_line([&](double ns, bool labelled) {
    if (labelled) svg.words("quiet", axis.x(ns), y, "middle", round_duration_text(ns));
  });
}

/// A heading and below it, on the lines of the grid, the rows.
void draw_group(Svg& svg, const Axis& axis, const Group& group, double top) {
  svg.words("group", kMargin, top + 20, "start", group.title);
  top += kGroupHeight;
  const double bottom = top + static_cast<double>(group.bars.size()) * kRowHeight;
  axis.for_each_line([&](double ns, bool labelled) {
    svg.vertical_line(labelled ? "grid" : "fine", axis.x(ns), top, bottom);
  });
  for (const Bar& bar : group.bars) {
    draw_row(svg, axis, bar, top);
    top += kRowHeight;
  }
}

double height_of(const Group& group) {
  return kGroupHeight + static_cast<double>(group.bars.size()) * kRowHeight + kGroupGap;
}

}  // namespace

std::string svg_plot(const RunResult& run, const std::string& title,
                     const std::vector<std::string>& categories) {
  const std::vector<Group> groups = groups_of(run, categories);
  double height = kHeadHeight + kFootHeight;
  for (const Group& group : groups) height += height_of(group);
  Svg svg(title, kWidth, height);
  svg.words("title", kMargin, 32, "start", title);
  if (groups.empty()) {
    svg.words("quiet", kMargin, 54, "start", "Nothing of this was measured.");
    return std::move(svg).finish();
  }
  svg.words("quiet", kMargin, 54, "start", kSubtitle);
  const Axis axis(groups);
  draw_labels(svg, axis, kHeadHeight - 8);
  svg.words("quiet", kMediansEnd, kHeadHeight - 8, "end", "median");
  svg.words("quiet", kRatiosEnd, kHeadHeight - 8, "end", "ratio");
  double top = kHeadHeight;
  for (const Group& group : groups) {
    draw_group(svg, axis, group, top);
    top += height_of(group);
  }
  draw_labels(svg, axis, top + 9);
  return std::move(svg).finish();
}

std::vector<PlotFile> plot_files(const RunResult& run) {
  const std::vector<Contest> contests = contests_of(run);
  std::vector<PlotFile> files;
  for (const CategoryGroup& group : category_groups()) {
    const bool measured = std::ranges::any_of(contests, [&](const Contest& contest) {
      return std::ranges::count(group.categories, contest.category) != 0;
    });
    if (!measured || group.plot_file.empty()) continue;
    files.push_back({.name = std::string(group.plot_file),
                     .svg = svg_plot(run, std::string(group.title), group.categories)});
  }
  return files;
}

}  // namespace quartz::bench
