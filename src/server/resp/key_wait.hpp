#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"
#include "server/service/row_kind.hpp"

namespace quartz::server {

/// What a command waits for that found nothing to take. It runs again when one of the keys has been
/// written.
struct KeyWait {
  /// It has waited before: keys that hold another kind by now are passed over.
  bool resumed = false;
  /// The time is over: it must answer now.
  bool over = false;

  // Set by the command.
  bool wanted = false;
  RowKind kind = RowKind::list;
  std::vector<std::string> keys = {};
  std::chrono::milliseconds timeout{0};  ///< 0: for ever.
};

/// Seconds with a fraction, as blocking commands are told. 0: for ever.
Result<std::chrono::milliseconds> read_timeout(std::string_view word);

/// Says that the command waits, and true; false if it must not, and has to answer that there is
/// nothing.
bool wait_for(CommandCall& call, RowKind kind, Words keys, std::chrono::milliseconds timeout);
/// Whether an error of a look at a key means that it is passed over.
bool passes_over(const CommandCall& call, const Error& error);

}  // namespace quartz::server
