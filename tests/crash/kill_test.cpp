#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "crash/steps.hpp"
#include "crash/writer.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A writing process and the pipe on which it reports. Killed by SIGKILL, never otherwise.
class Victim {
 public:
  explicit Victim(const WriterOrder& order) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    std::vector<std::string> arguments = order.to_arguments();
    arguments.insert(arguments.begin(), {"quartz-crash-writer", "--write-until-killed"});
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execv("/proc/self/exe", pointers.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    reports_ = ends[0];
  }
  ~Victim() { ::close(reports_); }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  // Kills it after so many reports, or at the deadline; every acknowledgement that it has made.
  std::vector<Acknowledgement> kill_after(std::size_t reports, milliseconds deadline) {
    const auto end = steady_clock::now() + deadline;
    while (acknowledged_.size() < reports) {
      const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
      pollfd ready{reports_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) break;
      if (!read_some()) break;  // It died by itself, which `status` will tell.
    }
    ::kill(process_, SIGKILL);
    while (read_some()) continue;
    ::waitpid(process_, &status_, 0);
    return acknowledged_;
  }
  bool was_killed() const { return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL; }

 private:
  bool read_some() {
    std::array<char, 4096> buffer;
    const ssize_t bytes = ::read(reports_, buffer.data(), buffer.size());
    if (bytes < 0 && errno == EINTR) return true;
    if (bytes <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(bytes));
    while (received_.size() >= sizeof(Acknowledgement)) {
      Acknowledgement one;
      std::memcpy(&one, received_.data(), sizeof one);
      acknowledged_.push_back(one);
      received_.erase(0, sizeof one);
    }
    return true;
  }

  pid_t process_ = -1;
  int reports_ = -1;
  int status_ = 0;
  std::string received_;
  std::vector<Acknowledgement> acknowledged_;
};

// The ledger: what each writer was told is safe, kept outside of the processes that are killed.
class Ledger {
 public:
  std::uint64_t next_step(std::uint32_t writer) const { return writers_[writer].steps; }
  void acknowledge(const Acknowledgement& one) {
    Writer& writer = writers_.at(one.writer);
    // Steps are acknowledged in their order.
    ASSERT_EQ(one.step, writer.steps);
    Step(one.writer, one.step).apply_to(writer.rows);
    ++writer.steps;
  }
  // Every writer's rows are those after its last acknowledged step, or after the one that it was
  // about to make: nothing acknowledged is lost, nothing is torn, nothing is made up.
  void compare(const StorageEngine& engine, const Keyspace& second) {
    for (std::uint32_t number = 0; number < kWritersMax; ++number) {
      Writer& writer = writers_[number];
      const WriterRows found = rows_of_writer(engine, second, number);
      if (found == writer.rows) continue;
      Step(number, writer.steps).apply_to(writer.rows);
      ASSERT_TRUE(found == writer.rows)
          << "writer " << number << " was acknowledged " << writer.steps << " steps; "
          << found.size() << " rows were found, " << writer.rows.size() << " expected";
      ++writer.steps;
    }
  }

 private:
  struct Writer {
    std::uint64_t steps = 0;
    WriterRows rows;
  };
  static WriterRows rows_of_writer(const StorageEngine& engine, const Keyspace& second,
                                   std::uint32_t writer) {
    WriterRows rows;
    const std::string prefix = key_prefix(writer);
    for (auto& [key, value] : rows_of(engine, {.prefix = prefix})) {
      rows[{"default", key}] = value;
    }
    for (auto& [key, value] : rows_of(engine, {.prefix = prefix, .keyspace = &second})) {
      rows[{std::string(kSecondKeyspace), key}] = value;
    }
    return rows;
  }

  std::array<Writer, kWritersMax> writers_;
};

WriterOrder random_order(const std::filesystem::path& directory, const Ledger& ledger,
                         Random& random) {
  WriterOrder order;
  order.directory = directory;
  order.seed = random.next();
  order.segment_bytes = random.one_in(4) ? std::uint64_t{1} << 20 : std::uint64_t{64} << 10;
  order.medium = random.one_in(3) ? LogMedium::file : LogMedium::mapped;
  if (!random.one_in(3)) {
    order.durability = random.one_in(3) ? Durability::disk : Durability::process;
  }
  const std::uint64_t writers = 1 + random.below(kWritersMax);
  for (std::uint32_t i = 0; i < writers; ++i) order.next_steps.push_back(ledger.next_step(i));
  return order;
}

// One database through QUARTZ_CRASH_CYCLES kills, with the seed QUARTZ_CRASH_SEED.
TEST(Kill, loses_nothing_acknowledged_and_leaves_no_step_half_done) {
  const std::uint64_t cycles = number_from_environment("QUARTZ_CRASH_CYCLES", 60);
  const std::uint64_t seed = number_from_environment("QUARTZ_CRASH_SEED", 20240229);
  std::cout << "QUARTZ_CRASH_CYCLES=" << cycles << " QUARTZ_CRASH_SEED=" << seed << '\n';
  const ScratchDirectory scratch;
  Random random(seed);
  Ledger ledger;
  std::uint64_t acknowledged = 0;
  for (std::uint64_t cycle = 0; cycle < cycles && !::testing::Test::HasFailure(); ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    const WriterOrder order = random_order(scratch / "db", ledger, random);
    {
      Victim victim(order);
      // Some die while they open, most in the middle of their work.
      const milliseconds deadline(random.one_in(6) ? random.below(60) : 2000);
      const std::size_t reports = random.one_in(3) ? random.below(6000) : random.below(600);
      for (const Acknowledgement& one : victim.kill_after(reports, deadline)) {
        ledger.acknowledge(one);
        ++acknowledged;
      }
      ASSERT_TRUE(victim.was_killed());
    }
    // Now and then recovery itself is killed, before anybody has looked.
    while (random.one_in(4)) {
      WriterOrder only_open = order;
      only_open.next_steps.clear();
      Victim victim(only_open);
      static_cast<void>(victim.kill_after(1, milliseconds(random.below(60))));
      ASSERT_TRUE(victim.was_killed());
    }
    StorageEngine engine =
        open_small(scratch / "db", writer_config(order.segment_bytes, order.medium));
    auto second = engine.keyspace(kSecondKeyspace);
    if (!second) second = engine.create_keyspace(kSecondKeyspace);
    ledger.compare(engine, *second);
    // What was found is built upon, so it must not go either.
    if (random.one_in(5)) {
      ASSERT_THAT(engine.flush(), Succeeds());
      ledger.compare(engine, *second);
    }
  }
  std::cout << acknowledged << " steps were acknowledged\n";
  EXPECT_GT(acknowledged, cycles);
}

}  // namespace
}  // namespace quartz
