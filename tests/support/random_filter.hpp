#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "protocol/filter_expression.hpp"
#include "quartz/vector/filter_value.hpp"

namespace quartz {

/// What random filters and payloads are made of. With few words they meet often.
struct FilterVocabulary {
  std::vector<protocol::FilterPath> paths;  // Of the payload; the id is always among the subjects.
  std::vector<FilterValue> values;
  std::vector<std::string> ids;
};

/// Short names and values that lie close together: 2^53 and its neighbours, 1 and 1.0, "a" and
/// "ab".
FilterVocabulary everyday_vocabulary();
/// Names and texts of arbitrary bytes, words of the language, and the limits of numbers.
FilterVocabulary strange_vocabulary(Random& random);

template <class T>
const T& pick(Random& random, const std::vector<T>& from) {
  return from[random.below(from.size())];
}

/// A valid tree whose compounds are nested up to `depth`.
protocol::FilterNode random_filter(Random& random, const FilterVocabulary& vocabulary,
                                   std::size_t depth);

}  // namespace quartz
