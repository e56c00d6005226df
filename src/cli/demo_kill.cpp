#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/child_process.hpp"
#include "cli/demo.hpp"
#include "cli/numbered_records.hpp"
#include "quartz/storage/scan_options.hpp"

namespace quartz::cli {
namespace {

// Enough that the log, its pages and the pipe are all in full use when the signal comes.
constexpr std::uint64_t kAcknowledgementsBeforeKill = 50'000;

// The numbers that arrive over the pipe, in whatever pieces: one a line, each one higher than the
// one before it.
class Acknowledgements {
 public:
  Result<void> take(std::string_view piece) {
    for (const char c : piece) {
      if (c != '\n') {
        line_ += c;
        continue;
      }
      std::uint64_t number = 0;
      std::from_chars(line_.data(), line_.data() + line_.size(), number);
      if (number != last_ + 1) {
        return Error{Errc::io_error,
                     fmt::format("the second quartz said \"{}\" after record {}", line_, last_)};
      }
      last_ = number;
      line_.clear();
    }
    return {};
  }

  std::uint64_t last() const noexcept { return last_; }

 private:
  std::string line_;  // What has come of the next one.
  std::uint64_t last_ = 0;
};

}  // namespace

// Everything that the child could still push into the pipe counts: it was acknowledged before.
Result<std::uint64_t> Demo::acknowledged_before_kill() {
  QUARTZ_ASSIGN(ChildProcess child,
                ChildProcess::start({"demo-writer", (work_directory_ / "unicode").string()}));
  const pid_t id = child.id();
  Progress progress(console_.progress_mode(), "writing", kAcknowledgementsBeforeKill);
  Acknowledgements acknowledgements;
  std::array<char, 4096> buffer;
  const Stopwatch stopwatch;
  while (true) {
    QUARTZ_ASSIGN(const std::size_t got, child.read(buffer));
    if (got == 0) break;
    QUARTZ_TRY(acknowledgements.take({buffer.data(), got}));
    progress.update(acknowledgements.last(),
                    fmt::format("{} acknowledged", grouped(acknowledgements.last())));
    if (acknowledgements.last() >= kAcknowledgementsBeforeKill) child.kill();
  }
  const auto elapsed = static_cast<double>(stopwatch.elapsed_ns());
  progress.wipe();
  QUARTZ_ASSIGN(const ChildProcess::End end, child.wait());
  // A child that ended for another reason proves nothing about being killed.
  if (!end.by_signal || end.number != SIGKILL) {
    return Error{
        Errc::io_error,
        fmt::format("the second quartz ended by itself after {} records ({} {})",
                    acknowledgements.last(), end.by_signal ? "signal" : "status", end.number)};
  }
  line("process {} acknowledged {} records in {}, then met SIGKILL", id,
       grouped(acknowledgements.last()), readable_nanoseconds(elapsed));
  return acknowledgements.last();
}

// Both the number of rows and every byte of each: a record that is back with a wrong value would be
// worse than one that is lost.
Result<void> Demo::check_numbered(std::uint64_t acknowledged) {
  QUARTZ_ASSIGN(const Keyspace numbers, engine_->keyspace(kNumberedKeyspace));
  std::uint64_t right = 0;
  std::string value;
  for (std::uint64_t number = 1; number <= acknowledged; ++number) {
    QUARTZ_ASSIGN(const bool present, engine_->get_into(numbers, numbered_key(number), value));
    if (present && value == numbered_value(number)) ++right;
  }
  QUARTZ_ASSIGN(const std::size_t rows, row_count_of(numbers));
  const Style& style = console_.style();
  if (right != acknowledged) {
    line("{}", style.bad(fmt::format("{} of {} acknowledged records are back", grouped(right),
                                     grouped(acknowledged))));
    return Error{Errc::corruption,
                 fmt::format("{} acknowledged records were lost", acknowledged - right)};
  }
  line("{}", style.good(fmt::format("all {} acknowledged records are back, byte for byte",
                                    grouped(acknowledged))));
  if (rows > acknowledged) {
    line("and {} that it had written and not yet acknowledged", rows - acknowledged);
  }
  return {};
}

// The other keyspaces of the killed database: nothing in them may have moved.
Result<void> Demo::check_unicode() {
  QUARTZ_ASSIGN(const std::size_t characters, row_count_of(*characters_));
  QUARTZ_ASSIGN(const std::size_t names, row_count_of(*names_));
  // The tour has removed the snowman, if the data had one.
  const auto snowman = unicode_.entries.find(0x2603);
  const bool removed = snowman != unicode_.entries.end() && !snowman->second.record.empty();
  const std::size_t expected = unicode_.character_count - (removed ? 1 : 0);
  if (characters != expected || names != unicode_.name_count) {
    return Error{Errc::corruption, fmt::format("{} characters and {} names are left of {} and {}",
                                               characters, names, expected, unicode_.name_count)};
  }
  line("so are {} characters and {} names", grouped(characters), grouped(names));
  return {};
}

Result<void> Demo::kill_a_writer() {
  heading("Kill a writer with SIGKILL");
  QUARTZ_TRY(close());  // The second process needs the directory for itself.
  QUARTZ_ASSIGN(const std::uint64_t acknowledged, acknowledged_before_kill());
  const Stopwatch stopwatch;
  QUARTZ_TRY(open());
  line("reopened in {}", readable_nanoseconds(static_cast<double>(stopwatch.elapsed_ns())));
  QUARTZ_TRY(check_numbered(acknowledged));
  QUARTZ_TRY(check_unicode());
  return close();
}

}  // namespace quartz::cli
