#include "server/resp/command_statistics.hpp"

#include "server/resp/command_table.hpp"

namespace quartz::server {

CommandStatistics::CommandStatistics()
    : commit_(CommandTable::all().size()),
      calls_(commit_ + 1),
      rejected_(commit_),
      failed_(commit_) {}

void CommandStatistics::failed(const Command& command, std::string_view reply) {
  failed_[command.index].fetch_add(1, std::memory_order_relaxed);
  count_error(reply);
}

void CommandStatistics::rejected(const Command* command, std::string_view reply) {
  if (command != nullptr) rejected_[command->index].fetch_add(1, std::memory_order_relaxed);
  count_error(reply);
}

// The code is the first word: "-WRONGTYPE Operation …".
void CommandStatistics::count_error(std::string_view reply) {
  error_count_.fetch_add(1, std::memory_order_relaxed);
  if (reply.starts_with('-')) reply.remove_prefix(1);
  errors_.add(reply.substr(0, reply.find_first_of(" \r\n")));
}

CommandStatistics::Figures CommandStatistics::of(const Command& command) const {
  return {.command = &command,
          .latency = calls_.reading(command.index),
          .rejected = rejected_[command.index].load(std::memory_order_relaxed),
          .failed = failed_[command.index].load(std::memory_order_relaxed)};
}

std::vector<CommandStatistics::Figures> CommandStatistics::all() const {
  std::vector<Figures> found;
  for (const auto& [name, command] : CommandTable::all().by_name()) {
    Figures figures = of(*command);
    if (figures.latency.count() == 0 && figures.rejected == 0 && figures.failed == 0) continue;
    found.push_back(std::move(figures));
  }
  return found;
}

void CommandStatistics::reset() {
  calls_.reset();
  for (Counter& counter : rejected_) counter.store(0, std::memory_order_relaxed);
  for (Counter& counter : failed_) counter.store(0, std::memory_order_relaxed);
  error_count_.store(0, std::memory_order_relaxed);
  errors_.reset();
}

}  // namespace quartz::server
