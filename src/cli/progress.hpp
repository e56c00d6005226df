#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace quartz::cli {

/// So far; never 0, so that no rate divides by it.
inline double seconds_of(const Stopwatch& stopwatch) noexcept {
  return static_cast<double>(stopwatch.elapsed_ns() + 1) / 1e9;
}

/// How far a long piece of work has come, on standard error: a bar that redraws itself on a
/// terminal, a line every few seconds elsewhere, nothing at all when quiet. Short work shows
/// nothing. Threads: one at a time. Cost of an update: reading the clock.
class Progress {
 public:
  enum class Mode : std::uint8_t { off, lines, bar };

  /// `total` 0: unknown, so a count is shown instead of a share.
  Progress(Mode mode, std::string label, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { wipe(); }

  /// `done` is in the units of `total`; `detail` is free text such as "12,000 records".
  void update(std::uint64_t done, std::string_view detail);
  /// Takes the bar away, so that whatever is printed next starts on a clean line.
  void wipe();
  void set_total(std::uint64_t total) noexcept { total_ = total; }

 private:
  void draw_bar(std::uint64_t done, std::string_view detail);
  void print_line(std::uint64_t done, std::string_view detail);

  Mode mode_;
  std::string label_;
  std::uint64_t total_;
  Stopwatch since_start_;
  std::uint64_t next_at_ns_;
  bool drawn_ = false;
};

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

/// A size for people: "512 B", "3.4 KiB", "1.2 GiB".
std::string readable_bytes(std::uint64_t bytes);

/// A duration for people: "850 ns", "4.2 µs", "17 ms", "2.31 s".
std::string readable_nanoseconds(double nanoseconds);

}  // namespace quartz::cli
