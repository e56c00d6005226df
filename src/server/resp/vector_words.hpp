#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/vector/filter.hpp"
#include "quartz/vector/vector_config.hpp"
#include "server/resp/command.hpp"

namespace quartz::server {

/// Takes a vector from the words at `position`, which is moved behind it: `FP32 <bytes>` or
/// `VALUES <count> <number>…`. `invalid_argument` if it is none.
Result<std::vector<float>> read_vector_words(Words arguments, std::size_t& position);

/// What VADD says.
struct VectorAddWords {
  std::vector<float> vector;
  std::string_view element;
  std::optional<std::string_view> attributes = {};
  std::optional<Quantization> quantization = {};
  std::optional<std::uint32_t> m = {};
  std::optional<std::uint32_t> ef = {};
};
Result<VectorAddWords> read_vector_add_words(Words arguments);

/// What VSIM says: either of the first two.
struct SimilarityWords {
  std::optional<std::string_view> element = {};
  std::vector<float> vector = {};
  bool with_scores = false;
  bool with_attributes = false;
  std::size_t count = 10;
  std::optional<std::size_t> ef = {};
  std::optional<double> epsilon = {};
  std::optional<Filter> filter = {};
  bool exact = false;
};
Result<SimilarityWords> read_similarity_words(Words arguments);

}  // namespace quartz::server
