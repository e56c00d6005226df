#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/resp/command_table.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kBegin = "<!-- commands: begin -->\n";
constexpr std::string_view kEnd = "<!-- commands: end -->\n";
constexpr const char* kPath = QUARTZ_SOURCE_DIRECTORY "/docs/api/resp.md";

std::string title_of(const Command& command) {
  std::string title;
  for (const char c : command.name) {
    title += c == '|' ? ' ' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return title;
}

std::string words_of(const Command& command) {
  return command.arity < 0 ? fmt::format("{} or more", -command.arity)
                           : fmt::format("{}", command.arity);
}

// All commands that do something, by their groups.
std::string tables() {
  std::map<std::string_view, std::string> rows;
  for (const auto& [name, command] : CommandTable::all().by_name()) {
    if (command->run == nullptr) continue;
    rows[name_of(command->group)] += fmt::format("| `{}` | {} | {} |\n", title_of(*command),
                                                 words_of(*command), command->summary);
  }
  std::string text;
  for (const auto& [group, lines] : rows) {
    text += fmt::format("\n### {}\n\n| command | words | |\n|---|---|---|\n{}", group, lines);
  }
  return text + "\n";
}

// With QUARTZ_WRITE_DOCUMENTS=1 the document becomes what it should be.
TEST(CommandDocument, names_every_command_as_the_table_has_it) {
  std::ifstream file(kPath);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = text.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos) << kPath;
  const std::size_t first = begin + kBegin.size();
  const std::string expected = text.substr(0, first) + tables() + text.substr(end);
  if (const char* const write = std::getenv("QUARTZ_WRITE_DOCUMENTS"); write != nullptr) {
    std::ofstream(kPath) << expected;
    return;
  }
  EXPECT_EQ(text, expected) << "run this test with QUARTZ_WRITE_DOCUMENTS=1 to mend it";
}

}  // namespace
}  // namespace quartz::server
