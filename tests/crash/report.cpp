#include "crash/report.hpp"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace quartz {

void report(const Acknowledgement& acknowledgement) {
  if (::write(STDOUT_FILENO, &acknowledgement, sizeof acknowledgement) !=
      static_cast<ssize_t>(sizeof acknowledgement)) {
    give_up("nobody listens");
  }
}

void give_up(const std::string& what) {
  std::cerr << "the writing process failed: " << what << '\n';
  std::_Exit(1);
}

}  // namespace quartz
