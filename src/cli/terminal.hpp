#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quartz::cli {

/// Whether a person is likely to look at standard output or standard error.
bool standard_output_is_terminal() noexcept;
bool standard_error_is_terminal() noexcept;

/// Columns of the terminal behind standard error; 80 if it does not say.
std::size_t terminal_columns() noexcept;

/// Emphasis with the terminal's escape sequences, or none at all. Off where output is not a
/// terminal, where it is a dumb one, and where the user has set NO_COLOR (https://no-color.org).
class Style {
 public:
  explicit Style(bool enabled) noexcept : enabled_(enabled) {}
  /// What suits standard output.
  static Style for_standard_output() noexcept;

  /// Whether there is any.
  bool enabled() const noexcept { return enabled_; }

  std::string heading(std::string_view text) const { return paint("\033[1;36m", text); }
  std::string strong(std::string_view text) const { return paint("\033[1m", text); }
  std::string faint(std::string_view text) const { return paint("\033[2m", text); }
  std::string good(std::string_view text) const { return paint("\033[32m", text); }
  std::string bad(std::string_view text) const { return paint("\033[1;31m", text); }

 private:
  std::string paint(std::string_view sequence, std::string_view text) const;

  bool enabled_;
};

}  // namespace quartz::cli
