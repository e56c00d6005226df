#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "server/oracle/command_forms.hpp"

namespace quartz::server {

/// The few keys that all requests are about, so that they meet.
const std::vector<std::string>& oracle_keys();

struct RandomCommand {
  std::vector<std::string> words;
  Comparison comparison = Comparison::exact;
};

/// Makes requests out of the forms of those commands that Quartz has. The same seed makes the same.
/// `sorts`: of these only, their names between commas ("lists,keys"); empty: of all.
class RandomCommands {
 public:
  explicit RandomCommands(std::uint64_t seed, std::string_view sorts = {});

  RandomCommand next();
  Random& random() noexcept { return random_; }

 private:
  void add(std::span<const CommandForm> forms);
  void expand(std::string_view form, std::vector<std::string>& words);
  void append(std::string_view name, std::vector<std::string>& words);
  void spoil(std::vector<std::string>& words);
  std::string word(std::string_view name);
  std::string bit_word(std::string_view name);
  std::string dump();
  std::string one_of(std::initializer_list<std::string_view> words);

  Random random_;
  std::vector<CommandForm> forms_;  // Each as often as it weighs.
};

}  // namespace quartz::server
