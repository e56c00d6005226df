#pragma once

#include <span>
#include <string_view>

#include "quartz/client/command.hpp"

namespace quartz::client {

/// What is known of the command; `changes` if nothing is. `words` begin with the name, in any case.
CommandNature nature_of(std::span<const std::string_view> words) noexcept;

/// Whether carrying such a command out twice is as good as once, in what is stored and in the
/// answer, if nothing comes in between.
constexpr bool is_idempotent(CommandNature nature) noexcept {
  return nature != CommandNature::changes;
}

}  // namespace quartz::client
