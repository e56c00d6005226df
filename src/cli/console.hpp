#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "cli/exit_status.hpp"
#include "cli/progress.hpp"
#include "cli/streams.hpp"
#include "cli/terminal.hpp"
#include "quartz/error.hpp"

namespace quartz::cli {

/// What a verb says to its user: results on standard output, everything else on standard error.
/// Threads: `warn` may be called from any, the rest from the main one.
class Console {
 public:
  /// What the flags that every verb has ask for.
  bool quiet = false;    ///< Neither progress nor remarks; errors stay.
  bool verbose = false;  ///< The engine's own informational lines as well.

  /// Results, and nothing else.
  OutputStream& out() noexcept { return out_; }
  template <class... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    out_.write(fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  /// A remark about what was done; silent when quiet.
  template <class... Arguments>
  void note(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (!quiet) write_to_standard_error(fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  void warn(std::string_view text) const;

  Progress::Mode progress_mode() const noexcept;
  /// How to emphasise on standard output.
  const Style& style() const noexcept { return style_; }

  /// The verb and the database that errors are about; either may stay empty.
  void set_verb(std::string verb) { verb_ = std::move(verb); }
  void set_subject(std::string subject) { subject_ = std::move(subject); }

  /// Reports what ended the command, with what to do about it; returns the status to exit with.
  /// That of what was cancelled says by which signal.
  ExitStatus fail(const Error& error);
  ExitStatus fail(ExitStatus status, std::string_view message, std::string_view hint);

 private:
  OutputStream out_ = OutputStream::standard_output();
  Style style_ = Style::for_standard_output();
  std::string verb_;
  std::string subject_;
};

}  // namespace quartz::cli
