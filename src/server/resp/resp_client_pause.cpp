#include <algorithm>
#include <thread>

#include "server/resp/command_table.hpp"
#include "server/resp/resp_client.hpp"

namespace quartz::server {

using Clock = std::chrono::steady_clock;

bool RespClient::changes_anything(const Command& command) const {
  if (command.is(CommandFlag::write) || command.name == "publish") return true;
  return command.name == "exec" && queue_ && std::ranges::any_of(*queue_, [](const auto& queued) {
           return queued.first->is(CommandFlag::write) || queued.first->name == "publish";
         });
}

// What is refused anyway need not wait for that.
std::optional<Clock::time_point> RespClient::pause_of(Words arguments) {
  if (!has_access()) return std::nullopt;
  const Command* const command = CommandTable::all().find(arguments);
  if (command == nullptr || !command->accepts(arguments.size())) return std::nullopt;
  return server_.pauses().until(changes_anything(*command), Clock::now());
}

// Whether the request is to be looked at again later.
bool RespClient::hold(Words arguments) {
  // In this order: whoever ends the pause meanwhile sees that there is somebody to wake.
  held_.store(true);
  held_until_ = pause_of(arguments);
  if (!held_until_) held_.store(false);
  return held_until_.has_value();
}

// The same of a command that waits for a key, unless it is to be answered now in any case.
bool RespClient::hold_waiting(Clock::time_point now) {
  if (!server_.pauses().any()) return false;
  held_.store(true);
  held_until_ = server_.pauses().until(changes_anything(*waiting_->command), now);
  if (!held_until_) held_.store(false);
  return held_until_.has_value();
}

void RespClient::release() noexcept {
  held_until_.reset();
  held_.store(false);
}

void RespClient::wake_if_held() {
  if (held_.load() && wire_.wake) wire_.wake();
}

void RespClient::wait_for_others() {
  // Somebody else may pause at the same time, and wait for this one.
  auto& own = whereabouts_.load() == Whereabouts::here ? turns_ : lengthy_turns_;
  own.fetch_add(1);
  for (const auto& client : server_.all_clients()) {
    if (client.get() == this) continue;
    for (const auto* const turns : {&client->turns_, &client->lengthy_turns_}) {
      const std::uint64_t turn = turns->load();
      while (turn % 2 != 0 && turns->load() == turn) std::this_thread::yield();
    }
  }
  own.fetch_add(1);
}

}  // namespace quartz::server
