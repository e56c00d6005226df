#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <vector>

namespace quartz {

enum class RegisterAction : std::uint8_t {
  get,
  set,
  set_if_absent,
  exchange,  // Sets, and answers what was there.
  increment,
  remove,
};

/// One operation on a register, which holds a number or nothing.
struct RegisterOperation {
  RegisterAction action = RegisterAction::get;
  std::int64_t argument = 0;
  /// `get` and `exchange`: what was there; `increment`: the new number; `set_if_absent` and
  /// `remove`: 1 if it did something, 0 otherwise.
  std::optional<std::int64_t> answer = {};
  /// When it began and ended, by a clock that never says the same twice. Without an end its answer
  /// is not known, and it took effect at any time after its begin, or not yet.
  std::uint64_t begun = 0;
  std::optional<std::uint64_t> ended = {};
};

void PrintTo(const RegisterOperation& operation, std::ostream* out);

/// Whether the operations have an order that is one of a single register, that gives the answers
/// which were given, and in which none comes before another one that had ended when it began: the
/// search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993), with the memory of
/// Lowe (Testing for Linearizability, 2017). What takes it long is many operations at a time; those
/// without an end count until the history's.
bool is_linearizable(const std::vector<RegisterOperation>& history);

}  // namespace quartz
