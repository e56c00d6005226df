#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/resp/command.hpp"

namespace quartz::server {

/// The words of the command that a `CommandFlag::carries` one carries; none if it has too few.
inline Words carried_words(Words arguments) noexcept {
  constexpr std::size_t kOwnWords = 3;  // QUARTZ.ONCE, the client and the sequence.
  return arguments.size() > kOwnWords ? arguments.subspan(kOwnWords) : Words();
}

/// Whether a command may be carried: it writes, and does so within a transaction and at once.
bool can_be_carried(const Command& command) noexcept;

/// The error if what is carried is not such a command with all of its words; nothing if it is.
std::optional<std::string> refusal_of_carried(Words arguments);

}  // namespace quartz::server
