#include "cli/application.hpp"

int main(int argument_count, char** arguments) {
  return static_cast<int>(quartz::cli::run(argument_count, arguments));
}
