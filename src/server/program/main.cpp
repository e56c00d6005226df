#include "server/program/program.hpp"

int main(int argument_count, char** arguments) {
  return static_cast<int>(quartz::server::run_program(argument_count, arguments));
}
