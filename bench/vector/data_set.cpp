#include "bench/vector/data_set.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/file_system.hpp"
#include "vector/vector_file_reader.hpp"

namespace quartz::bench {
namespace {

using vector::VectorFileReader;

Result<VectorRows> read_rows(const std::filesystem::path& file, std::size_t count_max) {
  QUARTZ_ASSIGN(auto reader, VectorFileReader::open(io::posix_file_system(), file));
  VectorRows rows{.dimensions = reader.dimensions(), .components = {}};
  const std::size_t count = std::min<std::size_t>(reader.count(), count_max);
  rows.components.resize(count * rows.dimensions);
  QUARTZ_TRY(reader.read(std::span(rows.components)));
  return rows;
}

}  // namespace

Result<DataSet> read_data_set(const std::filesystem::path& folder, const std::string& name,
                              std::size_t queries_max, std::size_t neighbours_min) {
  DataSet set;
  set.name = name;
  QUARTZ_ASSIGN(set.base, read_rows(folder / (name + ".base.u8bin"), ~std::size_t{0}));
  QUARTZ_ASSIGN(set.queries, read_rows(folder / (name + ".query.u8bin"), queries_max));
  if (set.queries.dimensions != set.base.dimensions) {
    return Error(Errc::corruption,
                 fmt::format("{}: queries have {} components, and what is searched has {}", name,
                             set.queries.dimensions, set.base.dimensions));
  }
  QUARTZ_ASSIGN(auto truth, VectorFileReader::open(io::posix_file_system(),
                                                   folder / (name + ".groundtruth-l2.ibin")));
  set.neighbours = truth.dimensions();
  if (truth.count() < set.queries.count() || set.neighbours < neighbours_min) {
    return Error(
        Errc::corruption,
        fmt::format("{}: {} neighbours are known for each of {} queries, not {} for {}", name,
                    set.neighbours, truth.count(), neighbours_min, set.queries.count()));
  }
  set.nearest.resize(set.queries.count() * set.neighbours);
  QUARTZ_TRY(truth.read(std::span(set.nearest)));
  return set;
}

double recall_of(const DataSet& set, std::size_t query, std::span<const std::uint32_t> found) {
  const auto nearest = std::span(set.nearest).subspan(query * set.neighbours, found.size());
  const auto hits = std::ranges::count_if(found, [&](std::uint32_t row) {
    return std::ranges::count(nearest, static_cast<std::int32_t>(row)) != 0;
  });
  return static_cast<double>(hits) / static_cast<double>(found.size());
}

}  // namespace quartz::bench
