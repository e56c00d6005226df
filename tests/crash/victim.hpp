#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "crash/report.hpp"

namespace quartz {

/// A process of this program that writes, and the pipe on which it reports. Killed by SIGKILL,
/// never otherwise.
class Victim {
 public:
  /// Starts this program again with `mode` as its first argument, which tells `main` what it is
  /// for, and `arguments` behind it.
  Victim(std::string_view mode, std::vector<std::string> arguments);
  ~Victim();
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  /// Kills it `delay` after so many reports, or at the deadline; every report that it has made.
  /// `before` is called just before that.
  std::vector<Acknowledgement> kill_after(std::size_t reports, std::chrono::milliseconds deadline,
                                          std::chrono::microseconds delay = {},
                                          const std::function<void()>& before = {});
  /// Whether it lived until then, and did not end by itself.
  bool was_killed() const;

 private:
  bool read_some();

  pid_t process_ = -1;
  int reports_ = -1;
  int status_ = 0;
  std::string received_;
  std::vector<Acknowledgement> acknowledged_;
};

}  // namespace quartz
