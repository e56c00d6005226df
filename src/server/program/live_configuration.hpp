#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/server/server.hpp"
#include "server/config/option.hpp"
#include "server/config/settings.hpp"
#include "server/program/program_log.hpp"

namespace quartz::server {

/// The program's settings while it serves, some of which may change: by the file when it is read
/// again, and by clients. Threads: any number at a time.
class LiveConfiguration {
 public:
  /// The log outlives it, and so does what it is attached to.
  LiveConfiguration(Settings settings, ProgramLog& log)
      : log_(log), settings_(std::move(settings)) {}
  LiveConfiguration(const LiveConfiguration&) = delete;
  LiveConfiguration& operator=(const LiveConfiguration&) = delete;

  /// Before that nothing can be changed.
  void attach(Server& server);

  /// All options, for CONFIG GET and CONFIG SET.
  std::vector<LiveOption> options();
  /// Takes over what may change; the paths of what differs and has to wait for the next start.
  Result<std::vector<std::string>> take_over(const Settings& wanted);

 private:
  Result<void> change(const Option& option, std::string_view text);
  Result<void> put_into_effect(const Settings& wanted) QUARTZ_REQUIRES(mutex_);

  ProgramLog& log_;
  Mutex mutex_;
  Settings settings_ QUARTZ_GUARDED_BY(mutex_);  // In effect.
  Server* server_ QUARTZ_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace quartz::server
