#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace quartz::server {

/// The built `quartz-server`, with nothing in its environment but `variables`.
class ServerProcess : public ChildProcess {
 public:
  explicit ServerProcess(const std::vector<std::string>& arguments,
                         const std::vector<std::string>& variables = {});

  /// The port in the next line, which is that of a listener.
  std::uint16_t read_port();
};

ProcessRun run_server(const std::vector<std::string>& arguments,
                      const std::vector<std::string>& variables = {});

}  // namespace quartz::server
