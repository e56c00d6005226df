#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/resp/command.hpp"

namespace quartz::server {

/// All commands by name. Threads: any number at a time.
class CommandTable {
 public:
  static const CommandTable& all();

  /// The command that a request names, in any case of letters: a subcommand if it has two words of
  /// one. Null if there is none.
  const Command* find(Words arguments) const;
  const Command* find(std::string_view name) const;
  /// Whether the name has subcommands.
  bool is_container(std::string_view name) const;
  std::size_t size() const noexcept { return all_.size(); }
  /// In the order of names.
  const std::map<std::string_view, const Command*>& by_name() const noexcept { return by_name_; }

 private:
  CommandTable();
  void add(std::span<const Command> commands);

  std::deque<Command> all_;  // Which do not move.
  std::unordered_map<std::string_view, const Command*> commands_;
  std::map<std::string_view, const Command*> by_name_;
};

}  // namespace quartz::server
