#include "server/resp/vector_words.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "quartz/vector/limits.hpp"
#include "quartz/vector/vector_search.hpp"
#include "server/resp/similarity_filter.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

constexpr std::int64_t kLinksMin = 4;
constexpr std::int64_t kLinksMax = 128;
constexpr std::int64_t kConstructionMax = 10'000;

Error no_vector() { return {Errc::invalid_argument, "invalid vector specification"}; }

Result<std::int64_t> number_within(std::string_view word, std::string_view name, std::int64_t min,
                                   std::int64_t max) {
  const auto number = to_integer(word);
  if (number && *number >= min && *number <= max) return *number;
  return Error(Errc::invalid_argument,
               fmt::format("invalid {}: it must be within {} and {}", name, min, max));
}

Result<std::vector<float>> read_bytes(std::string_view bytes) {
  static_assert(std::endian::native == std::endian::little, "blobs are little endian");
  if (bytes.empty() || bytes.size() % sizeof(float) != 0 ||
      bytes.size() > kDimensionsMax * sizeof(float)) {
    return no_vector();
  }
  std::vector<float> vector(bytes.size() / sizeof(float));
  std::memcpy(vector.data(), bytes.data(), bytes.size());
  return vector;
}

/// Walks through options behind the fixed words.
class Options {
 public:
  Options(Words arguments, std::size_t position) noexcept
      : arguments_(arguments), position_(position) {}

  bool at_end() const noexcept { return position_ >= arguments_.size(); }
  bool take(std::string_view keyword) noexcept {
    if (!is_same_word(arguments_[position_], keyword)) return false;
    ++position_;
    return true;
  }
  /// Whether the option is next and has a word behind it, which `word` is then.
  bool take(std::string_view keyword, std::string_view& word) noexcept {
    if (position_ + 1 >= arguments_.size() || !is_same_word(arguments_[position_], keyword)) {
      return false;
    }
    word = arguments_[position_ + 1];
    position_ += 2;
    return true;
  }

 private:
  Words arguments_;
  std::size_t position_;
};

Result<void> take_add_option(Options& options, VectorAddWords& words) {
  std::string_view word;
  if (options.take("CAS")) return {};  // Every addition is checked and set.
  if (options.take("NOQUANT")) {
    words.quantization = Quantization::none;
  } else if (options.take("Q8")) {
    words.quantization = Quantization::sq8;
  } else if (options.take("BIN")) {
    words.quantization = Quantization::bit1;
  } else if (options.take("EF", word)) {
    QUARTZ_ASSIGN(const std::int64_t ef, number_within(word, "EF", 1, kConstructionMax));
    words.ef = static_cast<std::uint32_t>(ef);
  } else if (options.take("M", word)) {
    QUARTZ_ASSIGN(const std::int64_t m, number_within(word, "M", kLinksMin, kLinksMax));
    words.m = static_cast<std::uint32_t>(m);
  } else if (options.take("SETATTR", word)) {
    words.attributes = word;
  } else {
    return Error(Errc::invalid_argument, "invalid option after element");
  }
  return {};
}

Result<void> take_epsilon(std::string_view word, SimilarityWords& words) {
  const auto epsilon = to_real(word);
  if (!epsilon || *epsilon <= 0 || !std::isfinite(*epsilon)) {
    return Error(Errc::invalid_argument, "invalid EPSILON");
  }
  words.epsilon = epsilon;
  return {};
}

Result<void> take_similarity_option(Options& options, SimilarityWords& words) {
  std::string_view word;
  if (options.take("WITHSCORES")) {
    words.with_scores = true;
  } else if (options.take("WITHATTRIBS")) {
    words.with_attributes = true;
  } else if (options.take("TRUTH")) {
    words.exact = true;
  } else if (options.take("NOTHREAD")) {
    return {};  // Where it runs is the server's choice.
  } else if (options.take("COUNT", word)) {
    QUARTZ_ASSIGN(const std::int64_t count,
                  number_within(word, "COUNT", 1, std::int64_t{kSearchResultsMax}));
    words.count = static_cast<std::size_t>(count);
  } else if (options.take("EF", word)) {
    QUARTZ_ASSIGN(const std::int64_t ef, number_within(word, "EF", 1, std::int64_t{kEfSearchMax}));
    words.ef = static_cast<std::size_t>(ef);
  } else if (options.take("EPSILON", word)) {
    return take_epsilon(word, words);
  } else if (options.take("FILTER-EF", word)) {
    // How a filter is met best is found out for each search.
    QUARTZ_TRY(number_within(word, "FILTER-EF", 0, INT64_MAX));
  } else if (options.take("FILTER", word)) {
    QUARTZ_ASSIGN(words.filter, similarity_filter(word));
  } else {
    return syntax_error();
  }
  return {};
}

}  // namespace

Result<std::vector<float>> read_vector_words(Words arguments, std::size_t& position) {
  if (position + 1 >= arguments.size()) return no_vector();
  const std::string_view form = arguments[position];
  const std::string_view first = arguments[position + 1];
  position += 2;
  if (is_same_word(form, "FP32")) return read_bytes(first);
  if (!is_same_word(form, "VALUES")) return no_vector();
  const auto count = to_integer(first);
  if (!count || *count < 1 || *count > static_cast<std::int64_t>(kDimensionsMax) ||
      *count > static_cast<std::int64_t>(arguments.size() - position)) {
    return no_vector();
  }
  std::vector<float> vector;
  vector.reserve(static_cast<std::size_t>(*count));
  for (const std::string_view word :
       arguments.subspan(position, static_cast<std::size_t>(*count))) {
    const auto component = to_real(word);
    if (!component) return no_vector();
    vector.push_back(static_cast<float>(*component));
  }
  position += vector.size();
  return vector;
}

Result<VectorAddWords> read_vector_add_words(Words arguments) {
  std::size_t position = 2;
  if (is_same_word(arguments[position], "REDUCE")) {
    return Error(Errc::invalid_argument,
                 "REDUCE is not supported: vectors are kept with all of their dimensions");
  }
  VectorAddWords words;
  QUARTZ_ASSIGN(words.vector, read_vector_words(arguments, position));
  if (position >= arguments.size()) return wrong_argument_count("vadd");
  words.element = arguments[position];
  Options options(arguments, position + 1);
  while (!options.at_end()) QUARTZ_TRY(take_add_option(options, words));
  return words;
}

Result<SimilarityWords> read_similarity_words(Words arguments) {
  SimilarityWords words;
  std::size_t position = 2;
  if (is_same_word(arguments[position], "ELE")) {
    words.element = arguments[position + 1];
    position += 2;
  } else {
    QUARTZ_ASSIGN(words.vector, read_vector_words(arguments, position));
  }
  Options options(arguments, position);
  while (!options.at_end()) QUARTZ_TRY(take_similarity_option(options, words));
  return words;
}

}  // namespace quartz::server
