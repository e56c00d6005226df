#include "bench/explain/vector_measurements.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <set>
#include <utility>

#include "base/epoch.hpp"
#include "base/try.hpp"
#include "vector/index_search.hpp"
#include "vector/vector_file_reader.hpp"
#include "vector/vector_index.hpp"

namespace quartz::bench {
namespace {

using vector::IndexSearch;
using vector::VectorFileReader;
using vector::VectorIndex;

constexpr std::size_t kNearest = 10;
constexpr std::size_t kQueries = 1000;
constexpr std::size_t kSelectionQueries = 100;
constexpr std::size_t kTrainingVectors = 8192;
constexpr std::array kEfSearch = {10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320};
constexpr std::array kSelected = {10, 20, 40, 100};
constexpr std::array kQuantizations = {Quantization::none, Quantization::sq8, Quantization::sq4,
                                       Quantization::bit1};

template <class Value>
struct Rows {
  std::size_t width = 0;
  std::vector<Value> values;

  std::size_t count() const { return values.size() / width; }
  std::span<const Value> operator[](std::size_t row) const {
    return std::span(values).subspan(row * width, width);
  }
};

struct DataSet {
  Rows<float> base;
  Rows<float> queries;
  Rows<std::int32_t> nearest;
};

template <class Value>
Result<Rows<Value>> read_rows(io::FileSystem& files, const std::string& path) {
  QUARTZ_ASSIGN(VectorFileReader reader, VectorFileReader::open(files, path));
  Rows<Value> rows{reader.dimensions(), std::vector<Value>(reader.count() * reader.dimensions())};
  QUARTZ_TRY(reader.read(std::span(rows.values)));
  return rows;
}

Result<DataSet> read_data_set(io::FileSystem& files, const std::string& prefix) {
  DataSet data;
  QUARTZ_ASSIGN(data.base, read_rows<float>(files, prefix + "base.u8bin"));
  QUARTZ_ASSIGN(data.queries, read_rows<float>(files, prefix + "query.u8bin"));
  QUARTZ_ASSIGN(data.nearest, read_rows<std::int32_t>(files, prefix + "groundtruth-l2.ibin"));
  if (data.queries.width != data.base.width || data.nearest.width < kNearest ||
      data.nearest.count() != data.queries.count() || data.queries.count() < kQueries) {
    return Error(Errc::invalid_argument, "the files of " + prefix + " do not belong together");
  }
  return data;
}

Result<vector::Quantizer> quantizer_for(const DataSet& data, Quantization quantization) {
  const std::size_t sample = std::min(kTrainingVectors, data.base.count()) * data.base.width;
  return vector::Quantizer::train(Metric::l2, quantization, data.base.width,
                                  std::span(data.base.values).first(sample));
}

// By one thread, so that the graph is the same each time. Ids are the numbers of the rows.
Result<std::unique_ptr<VectorIndex>> build(const DataSet& data, Quantization quantization) {
  QUARTZ_ASSIGN(const vector::Quantizer quantizer, quantizer_for(data, quantization));
  QUARTZ_ASSIGN(auto index, VectorIndex::make(quantizer, {.quantization = quantization}, {}));
  VectorIndex::Linking linking;
  for (std::size_t row = 0; row < data.base.count(); ++row) {
    const std::string id = std::to_string(row);
    QUARTZ_TRY(index->add({.id = id, .version = row, .components = data.base[row], .payload = {}},
                          row + 1));
    while (index->link_next(linking)) {
    }
  }
  return index;
}

std::int32_t number_of(const vector::FoundPoint& point) {
  std::int32_t number = -1;
  const std::string_view id = point.entry->id();
  std::from_chars(id.begin(), id.end(), number);
  return number;
}

void measure_recall(const DataSet& data, Quantization quantization, const VectorIndex& index,
                    VectorMeasurements& into) {
  IndexSearch search;
  for (const int ef : kEfSearch) {
    std::size_t found = 0;
    std::uint64_t compared = 0;
    for (std::size_t row = 0; row < kQueries; ++row) {
      const auto nearest = data.nearest[row].first(kNearest);
      const EpochGuard guard;
      search.walk(index, {.components = data.queries[row],
                          .k = kNearest,
                          .ef = static_cast<std::size_t>(ef),
                          .at = storage::kSequenceMax - 1});
      compared += search.visited();
      for (const vector::FoundPoint& point : search.found()) {
        if (std::ranges::find(nearest, number_of(point)) != nearest.end()) ++found;
      }
    }
    into.recalls.push_back({quantization, static_cast<std::size_t>(ef),
                            static_cast<double>(found) / (kQueries * kNearest),
                            static_cast<double>(compared) / kQueries});
  }
}

/// Codes of all vectors, without a graph.
class Codes {
 public:
  Codes(const DataSet& data, const vector::Quantizer& quantizer)
      : quantizer_(quantizer), bytes_(data.base.count() * quantizer.code_bytes()) {
    for (std::size_t row = 0; row < data.base.count(); ++row) {
      quantizer_.encode(data.base[row], bytes_.data() + row * quantizer_.code_bytes());
    }
  }

  /// How far all of them are from the query.
  std::vector<float> distances(std::span<const float> query) const {
    std::vector<std::byte> encoded(quantizer_.query_bytes());
    quantizer_.encode_query(query, encoded.data());
    const vector::CodeDistance distance = quantizer_.query_distance();
    std::vector<float> all(bytes_.size() / quantizer_.code_bytes());
    for (std::size_t row = 0; row < all.size(); ++row) {
      all[row] = distance(encoded.data(), bytes_.data() + row * quantizer_.code_bytes());
    }
    return all;
  }

 private:
  const vector::Quantizer& quantizer_;
  std::vector<std::byte> bytes_;
};

std::vector<std::size_t> by_distance(const std::vector<float>& distances) {
  std::vector<std::size_t> rows(distances.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  std::ranges::sort(rows, {}, [&](std::size_t row) { return std::pair(distances[row], row); });
  return rows;
}

// Of the first query, for ranks that grow by a thirtieth: many near ones, some from everywhere.
void measure_distances(const DataSet& data, Quantization quantization, const Codes& exact,
                       const Codes& codes, VectorMeasurements& into) {
  const std::vector<float> distances = exact.distances(data.queries[0]);
  const std::vector<float> by_code = codes.distances(data.queries[0]);
  const std::vector<std::size_t> rows = by_distance(distances);
  std::set<std::size_t> ranks;
  double next = 1;
  while (next <= static_cast<double>(rows.size())) {
    ranks.insert(static_cast<std::size_t>(next) - 1);
    next *= 31.0 / 30;
  }
  for (const std::size_t rank : ranks) {
    const std::size_t row = rows[rank];
    into.distances.push_back({quantization, double{distances[row]}, double{by_code[row]}});
  }
}

void measure_selection(const DataSet& data, Quantization quantization, const Codes& codes,
                       VectorMeasurements& into) {
  std::array<std::size_t, kSelected.size()> found{};
  for (std::size_t query = 0; query < kSelectionQueries; ++query) {
    const auto nearest = data.nearest[query].first(kNearest);
    const std::vector<std::size_t> rows = by_distance(codes.distances(data.queries[query]));
    for (std::size_t i = 0; i < kSelected.size(); ++i) {
      const auto selected = std::span(rows).first(static_cast<std::size_t>(kSelected[i]));
      for (const std::int32_t row : nearest) {
        found[i] +=
            static_cast<std::size_t>(std::ranges::count(selected, static_cast<std::size_t>(row)));
      }
    }
  }
  for (std::size_t i = 0; i < kSelected.size(); ++i) {
    into.selections.push_back({quantization, static_cast<std::size_t>(kSelected[i]),
                               static_cast<double>(found[i]) / kSelectionQueries});
  }
}

}  // namespace

Result<VectorMeasurements> measure_vectors(io::FileSystem& files, const std::string& prefix) {
  QUARTZ_ASSIGN(const DataSet data, read_data_set(files, prefix));
  VectorMeasurements measurements;
  QUARTZ_ASSIGN(const vector::Quantizer plain, quantizer_for(data, Quantization::none));
  const Codes exact(data, plain);
  for (const Quantization quantization : kQuantizations) {
    QUARTZ_ASSIGN(const auto index, build(data, quantization));
    measure_recall(data, quantization, *index, measurements);
    if (quantization == Quantization::none) continue;
    const Codes codes(data, index->quantizer());
    measure_distances(data, quantization, exact, codes, measurements);
    measure_selection(data, quantization, codes, measurements);
  }
  return measurements;
}

}  // namespace quartz::bench
