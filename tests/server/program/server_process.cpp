#include "server/program/server_process.hpp"

#include <cstdlib>

namespace quartz::server {
namespace {

std::vector<std::string> command_line(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {QUARTZ_SERVER_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& variables)
    : ChildProcess({.words = command_line(arguments), .variables = variables}) {}

std::uint16_t ServerProcess::read_port() {
  const std::string line = read_line();
  return static_cast<std::uint16_t>(std::atoi(line.substr(line.rfind(':') + 1).c_str()));
}

ProcessRun run_server(const std::vector<std::string>& arguments,
                      const std::vector<std::string>& variables) {
  return ServerProcess(arguments, variables).finish();
}

}  // namespace quartz::server
