#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"

namespace quartz::fuzz {

/// What a parser of a stream makes of it when it arrives in pieces of so many bytes: the words of
/// each message, and at the end what it was refused with, if it was. `words_of` turns a complete
/// message into words.
template <class Parser, class WordsOf>
std::vector<std::vector<std::string>> parsed_in_pieces(Parser parser, std::string_view stream,
                                                       std::size_t piece, const WordsOf& words_of) {
  std::vector<std::vector<std::string>> messages;
  std::string arrived;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    // Somewhere else each time, as what grows moves.
    arrived = std::string(arrived) + std::string(stream.substr(at, piece));
    while (!arrived.empty()) {
      const auto progress = parser.advance(arrived);
      if (progress == Parser::Progress::refused) {
        QUARTZ_CHECK(!parser.refusal().empty());
        messages.push_back({"refused"});
        return messages;
      }
      if (progress == Parser::Progress::incomplete) break;
      QUARTZ_CHECK(parser.consumed() > 0 && parser.consumed() <= arrived.size());
      messages.push_back(words_of(parser));
      arrived.erase(0, parser.consumed());
    }
  }
  return messages;
}

}  // namespace quartz::fuzz
