#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/quantization.hpp"

namespace quartz::bench {

/// What searches with so many candidates found and compared, on average.
struct RecallMeasurement {
  Quantization quantization = Quantization::none;
  std::size_t ef_search = 0;
  double recall = 0;    ///< Of the ten nearest.
  double compared = 0;  ///< Codes.
};

/// How far a vector is from a query, and how far its code seems to be.
struct DistanceMeasurement {
  Quantization quantization = Quantization::none;
  double exact = 0;
  double by_code = 0;
};

/// How many of the ten exactly nearest are among so many nearest by their codes, on average.
struct SelectionMeasurement {
  Quantization quantization = Quantization::none;
  std::size_t selected = 0;
  double found = 0;
};

/// No times: the same machine gives the same again.
struct VectorMeasurements {
  std::vector<RecallMeasurement> recalls;
  std::vector<DistanceMeasurement> distances;
  std::vector<SelectionMeasurement> selections;
};

/// Measures on a data set: the files base.u8bin, query.u8bin and groundtruth-l2.ibin whose names
/// begin with `prefix`. Takes minutes.
Result<VectorMeasurements> measure_vectors(io::FileSystem& files, const std::string& prefix);

/// Lines of words and numbers, one for each measurement, and back. `corruption` names a line that
/// is none.
std::string to_text(const VectorMeasurements& measurements);
Result<VectorMeasurements> parse_measurements(std::string_view text);

}  // namespace quartz::bench
