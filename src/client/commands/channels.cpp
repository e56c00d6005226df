#include "quartz/client/commands/channels.hpp"

namespace quartz::commands {

Command<std::int64_t> publish(std::string_view channel, std::string_view payload) {
  return Command<std::int64_t>({"PUBLISH", channel, payload});
}

}  // namespace quartz::commands
