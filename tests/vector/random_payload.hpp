#pragma once

#include <string>

#include "base/random.hpp"
#include "support/random_filter.hpp"

namespace quartz {

/// A valid payload that has some of the vocabulary's fields, with its values, arrays of them, and
/// objects, among others that nobody asks for; spaces and escapes wherever JSON allows them.
std::string random_payload(Random& random, const FilterVocabulary& vocabulary);

/// `text` as a string of JSON, in quotes, with some of its characters escaped in one way or
/// another.
std::string random_json_string(Random& random, const std::string& text);

}  // namespace quartz
