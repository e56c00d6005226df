#include "bench/small_data_set.hpp"

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

#include "base/random.hpp"

namespace quartz::bench {
namespace {

constexpr std::size_t kQueries = 10;
constexpr std::size_t kNeighbours = 20;

VectorRows random_rows(Random& random, std::size_t count, std::size_t dimensions) {
  VectorRows rows{.dimensions = dimensions, .components = {}};
  for (std::size_t i = 0; i < count * dimensions; ++i) {
    rows.components.push_back(static_cast<float>(random.below(256)));
  }
  return rows;
}

float squared_distance(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

template <class Element>
void write_rows(const std::filesystem::path& file, const std::vector<Element>& elements,
                std::size_t dimensions) {
  const std::uint32_t head[] = {static_cast<std::uint32_t>(elements.size() / dimensions),
                                static_cast<std::uint32_t>(dimensions)};
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(head), sizeof(head));
  out.write(reinterpret_cast<const char*>(elements.data()),
            static_cast<std::streamsize>(elements.size() * sizeof(Element)));
}

std::vector<std::uint8_t> bytes_of(const VectorRows& rows) {
  std::vector<std::uint8_t> bytes;
  for (const float component : rows.components) {
    bytes.push_back(static_cast<std::uint8_t>(component));
  }
  return bytes;
}

}  // namespace

DataSet small_data_set(std::size_t vectors, std::size_t dimensions) {
  Random random(11);
  DataSet set{.name = "small",
              .base = random_rows(random, vectors, dimensions),
              .queries = random_rows(random, kQueries, dimensions),
              .neighbours = kNeighbours,
              .nearest = {}};
  for (std::size_t query = 0; query < kQueries; ++query) {
    std::vector<std::pair<float, std::int32_t>> all;
    for (std::size_t row = 0; row < vectors; ++row) {
      all.emplace_back(squared_distance(set.queries.row(query), set.base.row(row)),
                       static_cast<std::int32_t>(row));
    }
    std::ranges::sort(all);
    for (std::size_t i = 0; i < kNeighbours; ++i) {
      set.nearest.push_back(i < all.size() ? all[i].second : -1);
    }
  }
  return set;
}

void write_data_set(const DataSet& set, const std::filesystem::path& folder) {
  write_rows(folder / (set.name + ".base.u8bin"), bytes_of(set.base), set.base.dimensions);
  write_rows(folder / (set.name + ".query.u8bin"), bytes_of(set.queries), set.queries.dimensions);
  write_rows(folder / (set.name + ".groundtruth-l2.ibin"), set.nearest, set.neighbours);
}

}  // namespace quartz::bench
