#include "server/resp/key_wait.hpp"

#include <cmath>

#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

Error no_timeout(std::string_view why) { return {Errc::invalid_argument, std::string(why)}; }

/// More than anybody lives to see; clocks count further.
constexpr long double kMillisecondsMax = 1e13L;

}  // namespace

Result<std::chrono::milliseconds> read_timeout(std::string_view word) {
  const auto seconds = long_real_of(word);
  if (!seconds) return no_timeout("timeout is not a float or out of range");
  const long double milliseconds = std::ceil(*seconds * 1000);
  if (milliseconds < 0) return no_timeout("timeout is negative");
  if (milliseconds > kMillisecondsMax) return no_timeout("timeout is out of range");
  return std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
}

bool wait_for(CommandCall& call, RowKind kind, Words keys, std::chrono::milliseconds timeout) {
  if (call.wait == nullptr || call.wait->over) return false;
  call.wait->wanted = true;
  call.wait->kind = kind;
  call.wait->keys.assign(keys.begin(), keys.end());
  call.wait->timeout = timeout;
  return true;
}

bool passes_over(const CommandCall& call, const Error& error) {
  return call.wait != nullptr && call.wait->resumed && error.code() == Errc::wrong_kind;
}

}  // namespace quartz::server
