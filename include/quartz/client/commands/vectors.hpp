#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/export.hpp"

/// Commands for vector sets: keys whose elements have vectors, and are found by how near these are.
/// For servers of Quartz, and Redis from 8 on.
namespace quartz::commands {

/// How a vector set holds its vectors; chosen by its first element.
enum class VectorSetPrecision : std::uint8_t {
  eight_bits,  ///< Per component.
  full,        ///< As they were given.
  one_bit,     ///< Per component: the sign.
};

/// What `vadd` does besides. Views, for the call only.
struct VectorAddOptions {
  std::string_view attributes = {};  ///< A JSON object that searches may filter by; empty: none.
  /// How exactly the vector is kept.
  VectorSetPrecision precision = VectorSetPrecision::eight_bits;
};

/// What `vsim` looks for. Views, for the call only.
struct VectorSimilarityOptions {
  std::int64_t count = 10;       ///< Of the nearest elements.
  std::string_view filter = {};  ///< Of their attributes: `.year < 1980`; empty: none.
  /// Elements that the search keeps in view: the more, the better its recall and the longer it
  /// takes. Nothing: the server's choice.
  std::optional<std::int64_t> ef_search = {};
  bool exact = false;  ///< Compares with every element.
};

/// Whether the element is new; otherwise its vector is replaced. The vectors of a set have equally
/// many dimensions.
QUARTZ_EXPORT Command<bool> vadd(std::string_view key, std::string_view element,
                                 std::span<const float> vector,
                                 const VectorAddOptions& options = {});
/// Whether there was such an element.
QUARTZ_EXPORT Command<bool> vrem(std::string_view key, std::string_view element);
/// The elements nearest to the vector, the nearest first. Scores are similarities: 1 of the same
/// direction, 0 of the opposite one.
QUARTZ_EXPORT Command<std::vector<ScoredMember>> vsim(std::string_view key,
                                                      std::span<const float> vector,
                                                      const VectorSimilarityOptions& options = {});
/// The same for the vector of an element, which is found first; rejected if there is none.
QUARTZ_EXPORT Command<std::vector<ScoredMember>> vsim(std::string_view key,
                                                      std::string_view element,
                                                      const VectorSimilarityOptions& options = {});
/// How many elements there are.
QUARTZ_EXPORT Command<std::int64_t> vcard(std::string_view key);
/// How many dimensions the vectors have; rejected if there is no such key.
QUARTZ_EXPORT Command<std::int64_t> vdim(std::string_view key);
/// A JSON object; nothing if the element is missing or has none.
QUARTZ_EXPORT Command<std::optional<std::string>> vgetattr(std::string_view key,
                                                           std::string_view element);
/// Whether there is such an element. Empty attributes take away those that it has.
QUARTZ_EXPORT Command<bool> vsetattr(std::string_view key, std::string_view element,
                                     std::string_view attributes);

}  // namespace quartz::commands
