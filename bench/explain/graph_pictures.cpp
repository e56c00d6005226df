#include "bench/explain/graph_pictures.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/random.hpp"
#include "bench/explain/recorded_walk.hpp"
#include "bench/explain/svg_page.hpp"

namespace quartz::bench {
namespace {

using vector::Slot;

/// The unit square on a page.
struct Square {
  Place corner;  // The upper left one.
  double side = 0;

  Place at(PlanePoint point) const {
    return {corner.x + double{point.x} * side, corner.y + (1 - double{point.y}) * side};
  }
};

void draw_cross(SvgPage& page, Place at) {
  page.line({at.x - 7, at.y - 7}, {at.x + 7, at.y + 7}, "query");
  page.line({at.x - 7, at.y + 7}, {at.x + 7, at.y - 7}, "query");
}

void draw_frame(SvgPage& page, const Square& square) {
  const auto [x, y] = square.corner;
  const double side = square.side;
  page.polygon(std::array<Place, 4>{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}},
               "sheet");
}

template <class PlaceOf>
void draw_links(SvgPage& page, const PlaneGraph& graph, unsigned level, const PlaceOf& place_of) {
  for (std::size_t i = 0; i < graph.count(); ++i) {
    const auto slot = static_cast<Slot>(i);
    if (graph.links().level_of(slot) < level) continue;
    graph.links().for_each(slot, level,
                           [&](Slot other) { page.line(place_of(slot), place_of(other), "link"); });
  }
}

void draw_points(SvgPage& page, const PlaneGraph& graph, const Square& square, double radius) {
  for (std::size_t i = 0; i < graph.count(); ++i) {
    page.circle(square.at(graph.point(static_cast<Slot>(i))), radius, "point");
  }
}

void draw_steps(SvgPage& page, const PlaneGraph& graph, const RecordedWalk& walk,
                const Square& square) {
  for (const RecordedWalk::Visit& visit : walk.visits) {
    page.line(square.at(graph.point(visit.from)), square.at(graph.point(visit.slot)), "step");
  }
}

void draw_descent(SvgPage& page, const PlaneGraph& graph, const RecordedWalk& walk,
                  const Square& square) {
  std::vector<Place> path;
  path.reserve(walk.descent.size());
  for (const RecordedWalk::Step& step : walk.descent) {
    path.push_back(square.at(graph.point(step.slot)));
  }
  page.polyline(path, "path");
  for (const Place& place : path) page.circle(place, 4.5, "entry");
}

// What the search had to know to be sure of its answer: a comparison with every point.
std::vector<Slot> exactly_nearest(const PlaneGraph& graph, PlanePoint query, std::size_t k,
                                  const std::vector<bool>& matching) {
  const auto* const target = reinterpret_cast<const std::byte*>(&query);
  std::vector<std::pair<float, Slot>> all;
  for (std::size_t i = 0; i < graph.count(); ++i) {
    const auto slot = static_cast<Slot>(i);
    if (matching[i]) all.emplace_back(graph.space().distance(target, slot), slot);
  }
  std::ranges::sort(all);
  std::vector<Slot> nearest;
  for (std::size_t i = 0; i < std::min(k, all.size()); ++i) nearest.push_back(all[i].second);
  return nearest;
}

void draw_filtered_walk(SvgPage& page, const PlaneGraph& graph, PlanePoint query, std::size_t k,
                        std::size_t ef, const std::vector<bool>& matching, const Square& square) {
  const RecordedWalk walk = record_walk(graph, query, ef);
  draw_frame(page, square);
  draw_points(page, graph, square, 2);
  draw_steps(page, graph, walk, square);
  for (const RecordedWalk::Visit& visit : walk.visits) {
    page.circle(square.at(graph.point(visit.slot)), 3, "visited");
  }
  for (std::size_t i = 0; i < graph.count(); ++i) {
    if (matching[i]) page.circle(square.at(graph.point(static_cast<Slot>(i))), 5, "match");
  }
  const std::vector<Slot> nearest = exactly_nearest(graph, query, k, matching);
  std::vector<Slot> found;
  for (const Slot slot : walk.pool) {
    if (matching[slot] && found.size() < k) found.push_back(slot);
  }
  for (const Slot slot : found) page.circle(square.at(graph.point(slot)), 4, "found");
  draw_cross(page, square.at(query));
  const auto right = std::ranges::count_if(
      nearest, [&](Slot slot) { return std::ranges::find(found, slot) != found.end(); });
  page.text({square.corner.x, square.corner.y - 26}, fmt::format("{} candidates kept", ef),
            "group");
  page.text({square.corner.x, square.corner.y - 8},
            fmt::format("{} of {} compared, {} of the {} nearest found", walk.visits.size() + 1,
                        graph.count(), right, k),
            "quiet");
}

}  // namespace

std::string draw_levels(const PlaneGraph& graph) {
  const unsigned top = graph.links().entry().level;
  constexpr double kRise = 150;
  SvgPage page(880, static_cast<int>(90 + kRise * (top + 1)),
               fmt::format("{} points, m = {}", graph.count(), graph.links().m()));
  // A sheet for each level, seen from the side.
  const auto corner = [&](unsigned level, double x, double y) {
    return Place{130 + 560 * x + 170 * y, 60 + kRise * (top - level) + 120 * (1 - y)};
  };
  const auto place = [&](unsigned level, Slot slot) {
    const PlanePoint point = graph.point(slot);
    return corner(level, double{point.x}, double{point.y});
  };
  for (unsigned level = 0; level <= top; ++level) {
    page.polygon(std::array{corner(level, 0, 0), corner(level, 1, 0), corner(level, 1, 1),
                            corner(level, 0, 1)},
                 "sheet");
    draw_links(page, graph, level, [&](Slot slot) { return place(level, slot); });
    std::size_t count = 0;
    for (std::size_t i = 0; i < graph.count(); ++i) {
      const auto slot = static_cast<Slot>(i);
      const unsigned highest = graph.links().level_of(slot);
      if (highest < level) continue;
      ++count;
      if (level > 0) page.line(place(level, slot), place(level - 1, slot), "up");
      const bool entry = slot == graph.links().entry().slot;
      page.circle(place(level, slot), level == 0 ? 2 : 3.5,
                  entry ? "entry" : (highest > 0 ? "upper" : "point"));
    }
    const Place label = corner(level, 0, 0);
    page.text({20, label.y - 18}, fmt::format("level {}", level), "group");
    page.text({20, label.y - 2}, fmt::format("{} points", count), "quiet");
  }
  return std::move(page).finish();
}

std::string draw_walk(const PlaneGraph& graph, PlanePoint query, std::size_t ef) {
  const RecordedWalk walk = record_walk(graph, query, ef);
  SvgPage page(880, 860, fmt::format("One search that keeps {} candidates", ef));
  page.text(
      {20, 52},
      fmt::format("The orange line: {} steps on upper levels. Blue, numbered: {} of {} points "
                  "compared on level 0. Orange: the {} kept.",
                  walk.descent.size() - 1, walk.visits.size() + 1, graph.count(), walk.pool.size()),
      "quiet");
  const Square square{{50, 70}, 770};
  draw_frame(page, square);
  draw_links(page, graph, 0, [&](Slot slot) { return square.at(graph.point(slot)); });
  draw_points(page, graph, square, 2.5);
  draw_steps(page, graph, walk, square);
  draw_descent(page, graph, walk, square);
  for (const RecordedWalk::Visit& visit : walk.visits) {
    page.circle(square.at(graph.point(visit.slot)), 4, "visited");
  }
  for (const Slot slot : walk.pool) page.circle(square.at(graph.point(slot)), 4.5, "found");
  for (std::size_t i = 0; i < walk.visits.size(); ++i) {
    const Place at = square.at(graph.point(walk.visits[i].slot));
    page.text({at.x + 5, at.y - 4}, fmt::format("{}", i + 1), "number");
  }
  draw_cross(page, square.at(query));
  return std::move(page).finish();
}

std::string draw_filter(const PlaneGraph& graph, PlanePoint query, std::size_t k,
                        std::uint64_t one_in, std::size_t few, std::size_t many) {
  Random random(one_in);
  std::vector<bool> matching(graph.count());
  for (std::size_t i = 0; i < graph.count(); ++i) matching[i] = random.one_in(one_in);
  SvgPage page(880, 540, fmt::format("A filter that one point in {} matches", one_in));
  draw_filtered_walk(page, graph, query, k, few, matching, {{20, 96}, 410});
  draw_filtered_walk(page, graph, query, k, many, matching, {{450, 96}, 410});
  page.text({20, 528}, "Green rings match; blue points were compared; orange ones are the answer.",
            "quiet");
  return std::move(page).finish();
}

}  // namespace quartz::bench
