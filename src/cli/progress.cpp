#include "cli/progress.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "cli/streams.hpp"
#include "cli/terminal.hpp"

namespace quartz::cli {
namespace {

constexpr std::uint64_t kBarFirstAfterNs = 20'000'000;  // What is done sooner needs no bar.
constexpr std::uint64_t kBarIntervalNs = 50'000'000;
constexpr std::uint64_t kLineIntervalNs = 5'000'000'000;
constexpr std::size_t kBarCells = 24;

// At most 1: a file may grow while it is read.
double share_of(std::uint64_t done, std::uint64_t total) {
  return std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

}  // namespace

Progress::Progress(Mode mode, std::string label, std::uint64_t total)
    : mode_(mode),
      label_(std::move(label)),
      total_(total),
      next_at_ns_(mode == Mode::bar ? kBarFirstAfterNs : kLineIntervalNs) {}

void Progress::wipe() {
  if (std::exchange(drawn_, false)) write_to_standard_error("\r\033[K");
}

void Progress::update(std::uint64_t done, std::string_view detail) {
  // Most calls end here, so that loops may report every row.
  if (mode_ == Mode::off) return;
  const std::uint64_t now = since_start_.elapsed_ns();
  if (now < next_at_ns_) return;
  if (mode_ == Mode::bar) {
    draw_bar(done, detail);
    next_at_ns_ = now + kBarIntervalNs;
  } else {
    print_line(done, detail);
    next_at_ns_ = now + kLineIntervalNs;
  }
}

void Progress::draw_bar(std::uint64_t done, std::string_view detail) {
  std::string line = "\r" + label_;
  std::size_t columns = label_.size();
  if (total_ > 0) {
    const double share = share_of(done, total_);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(kBarCells));
    line += " [";
    for (std::size_t cell = 0; cell < kBarCells; ++cell) line += cell < full ? "█" : "·";
    line += fmt::format("] {:3.0f} %", share * 100);
    columns += kBarCells + 9;
  }
  // A line that wraps could not be wiped, so the detail gives way first.
  if (columns + 1 + detail.size() < terminal_columns()) line += fmt::format("  {}", detail);
  write_to_standard_error(line + "\033[K");
  drawn_ = true;
}

void Progress::print_line(std::uint64_t done, std::string_view detail) {
  if (total_ > 0) {
    write_to_standard_error(
        fmt::format("{}: {:.0f} %, {}\n", label_, share_of(done, total_) * 100, detail));
  } else {
    write_to_standard_error(fmt::format("{}: {}\n", label_, detail));
  }
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string readable_bytes(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double scaled = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (scaled >= 1023.95 && unit + 1 < std::size(kUnits)) {
    scaled /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", scaled, kUnits[unit]);
}

std::string readable_nanoseconds(double nanoseconds) {
  // The bounds are where rounding would show a thousand of the smaller unit.
  if (nanoseconds < 999.5) return fmt::format("{:.0f} ns", nanoseconds);
  if (nanoseconds < 99'950) return fmt::format("{:.1f} µs", nanoseconds / 1e3);
  if (nanoseconds < 999'500) return fmt::format("{:.0f} µs", nanoseconds / 1e3);
  if (nanoseconds < 99'950'000) return fmt::format("{:.1f} ms", nanoseconds / 1e6);
  if (nanoseconds < 999'500'000) return fmt::format("{:.0f} ms", nanoseconds / 1e6);
  return fmt::format("{:.2f} s", nanoseconds / 1e9);
}

}  // namespace quartz::cli
