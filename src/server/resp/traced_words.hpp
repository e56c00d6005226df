#pragma once

#include <string_view>

#include "server/resp/command.hpp"

namespace quartz::server {

/// The words of a request without the QUARTZ.TRACE before them.
struct TracedWords {
  Words words;
  std::string_view trace_id = {};  ///< Empty: nobody traces it.
};

/// Of a request that may begin with it.
TracedWords without_trace(Words arguments) noexcept;

/// One that makes no sense stays, and says so when it is run.
inline TracedWords traced_words(Words arguments) noexcept {
  constexpr std::string_view kName = "QUARTZ.TRACE";
  if (arguments.empty() || arguments[0].size() != kName.size()) return {.words = arguments};
  return without_trace(arguments);
}

}  // namespace quartz::server
