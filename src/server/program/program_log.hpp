#pragma once

#include "quartz/server/server_config.hpp"
#include "quartz/storage/storage_config.hpp"
#include "server/config/settings.hpp"

namespace quartz::server {

/// The program's log on standard error: lines of text or of JSON, written by a thread of their own,
/// so that whoever logs does not wait. When it cannot keep up the oldest lines are dropped, and
/// their number told at the end. One at a time in a process. Threads: any.
class ProgramLog {
 public:
  explicit ProgramLog(const LogSettings& settings);
  ProgramLog(const ProgramLog&) = delete;
  ProgramLog& operator=(const ProgramLog&) = delete;
  /// Writes what is left.
  ~ProgramLog();

  void set_level(LogLevel level);
  /// Whether accesses are logged.
  void set_access(bool on);

  /// For engine and server; lives as long as the log.
  Logger logger() const;
  /// Writes nothing while accesses are not logged.
  AccessLog access_log() const;

 private:
  const LogFormat format_;
};

}  // namespace quartz::server
