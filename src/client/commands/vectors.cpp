#include "quartz/client/commands/vectors.hpp"

#include <bit>

#include "client/commands/words.hpp"

namespace quartz::commands {

using client::NumberWord;

namespace {

using Words = std::vector<std::string_view>;

// "FP32" wants the bytes of 32-bit floats, the lowest first.
std::string bytes_of(std::span<const float> vector) {
  std::string bytes;
  bytes.reserve(vector.size() * sizeof(float));
  for (const float component : vector) {
    const auto bits = std::bit_cast<std::uint32_t>(component);
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>(bits >> shift & 0xffu));
    }
  }
  return bytes;
}

Command<std::vector<ScoredMember>> similar(Words words, const VectorSimilarityOptions& options) {
  const NumberWord count(options.count);
  const NumberWord ef(options.ef_search.value_or(0));
  words.insert(words.end(), {"WITHSCORES", "COUNT", count});
  if (!options.filter.empty()) words.insert(words.end(), {"FILTER", options.filter});
  if (options.ef_search) words.insert(words.end(), {"EF", ef});
  if (options.exact) words.emplace_back("TRUTH");
  return Command<std::vector<ScoredMember>>(words);
}

}  // namespace

Command<bool> vadd(std::string_view key, std::string_view element, std::span<const float> vector,
                   const VectorAddOptions& options) {
  const std::string bytes = bytes_of(vector);
  Words words = {"VADD", key, "FP32", bytes, element};
  switch (options.precision) {
    case VectorSetPrecision::eight_bits:
      words.emplace_back("Q8");
      break;
    case VectorSetPrecision::full:
      words.emplace_back("NOQUANT");
      break;
    case VectorSetPrecision::one_bit:
      words.emplace_back("BIN");
      break;
  }
  if (!options.attributes.empty()) words.insert(words.end(), {"SETATTR", options.attributes});
  return Command<bool>(words);
}

Command<bool> vrem(std::string_view key, std::string_view element) {
  return Command<bool>({"VREM", key, element});
}

Command<std::vector<ScoredMember>> vsim(std::string_view key, std::span<const float> vector,
                                        const VectorSimilarityOptions& options) {
  const std::string bytes = bytes_of(vector);
  return similar({"VSIM", key, "FP32", bytes}, options);
}

Command<std::vector<ScoredMember>> vsim(std::string_view key, std::string_view element,
                                        const VectorSimilarityOptions& options) {
  return similar({"VSIM", key, "ELE", element}, options);
}

Command<std::int64_t> vcard(std::string_view key) { return Command<std::int64_t>({"VCARD", key}); }

Command<std::int64_t> vdim(std::string_view key) { return Command<std::int64_t>({"VDIM", key}); }

Command<std::optional<std::string>> vgetattr(std::string_view key, std::string_view element) {
  return Command<std::optional<std::string>>({"VGETATTR", key, element});
}

Command<bool> vsetattr(std::string_view key, std::string_view element,
                       std::string_view attributes) {
  return Command<bool>({"VSETATTR", key, element, attributes});
}

}  // namespace quartz::commands
