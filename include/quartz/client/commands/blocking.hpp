#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/export.hpp"

/// Commands that wait until there is something to take, for a `Lease`. `timeout`: how long; 0: as
/// long as it takes. Nothing once it is over. Of several keys, the first that holds something.
///
/// What the server takes away while the connection breaks, or the caller gives up, is lost:
/// `executed` is unknown then. `blmove` into a list of one's own keeps it.
namespace quartz::commands {

/// An end of a list.
enum class ListEnd : std::uint8_t {
  first,  ///< Index 0.
  last,   ///< Index -1.
};

/// The first element.
QUARTZ_EXPORT BlockingCommand<std::optional<PoppedElement>> blpop(
    const Names& keys, std::chrono::milliseconds timeout);
/// The last element.
QUARTZ_EXPORT BlockingCommand<std::optional<PoppedElement>> brpop(
    const Names& keys, std::chrono::milliseconds timeout);
/// Takes from that end of `from`, and puts at that end of `to`, which is one step.
QUARTZ_EXPORT BlockingCommand<std::optional<std::string>> blmove(std::string_view from,
                                                                 std::string_view to, ListEnd taken,
                                                                 ListEnd put,
                                                                 std::chrono::milliseconds timeout);
/// The member with the lowest score.
QUARTZ_EXPORT BlockingCommand<std::optional<PoppedMember>> bzpopmin(
    const Names& keys, std::chrono::milliseconds timeout);
/// The member with the highest score.
QUARTZ_EXPORT BlockingCommand<std::optional<PoppedMember>> bzpopmax(
    const Names& keys, std::chrono::milliseconds timeout);

}  // namespace quartz::commands
