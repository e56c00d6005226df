#include "bench/workload/category.hpp"

#include <algorithm>
#include <barrier>
#include <functional>
#include <iterator>
#include <thread>

namespace quartz::bench {
namespace {

std::uint64_t written_at_begin = 0;

std::vector<Category> all_categories() {
  std::vector<Category> all;
  for (auto part : {&write_categories, &read_categories, &scan_categories, &mixed_categories,
                    &ycsb_categories, &endurance_categories, &opening_categories}) {
    std::ranges::move(part(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

Window::Window(const Task& task) : task_(task) {
  reset_peak_rss();
  usage_ = process_usage();
  written_at_begin = usage_.written_bytes;
  begun_ = task.clock.now();
  deadline_ = begun_ + task.clock.span_of_seconds(task.seconds);
}

Measurement Window::stop(std::uint64_t operations) const {
  const std::uint64_t ended = task_.clock.now();
  const ProcessUsage now = process_usage();
  Measurement measured;
  measured.operations = operations;
  measured.wall_ns = task_.clock.nanoseconds(ended - begun_);
  measured.cpu_ns = static_cast<double>(now.cpu_ns - usage_.cpu_ns);
  measured.peak_rss_bytes = peak_rss_bytes();
  return measured;
}

std::uint64_t Window::written_bytes_at_begin() noexcept { return written_at_begin; }

const std::vector<Category>& categories() {
  static const std::vector<Category> all = all_categories();
  return all;
}

const Category* find_category(std::string_view name) {
  const auto found = std::ranges::find(categories(), name, &Category::name);
  return found == categories().end() ? nullptr : &*found;
}

void write_keys(const Task& task, PeerSession& session, std::uint64_t count,
                std::size_t value_bytes) {
  constexpr std::size_t kBatch = 1000;
  const ValuePool values(task.keys.seed(), value_bytes);
  const KeySequence keys = task.keys.in_order(0, count);
  std::vector<Row> batch;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    batch.push_back({keys[i], values[i]});
    if (batch.size() < kBatch && i + 1 < keys.size()) continue;
    session.write(batch);
    batch.clear();
  }
}

void load(Task& task, Start start) {
  const bool small = start == Start::loaded;
  const std::uint64_t count = small ? task.small_count() : task.kilobyte_count();
  const auto peer = task.open();
  write_keys(task, *peer->session(), count, small ? kSmallValueBytes : kKilobyteValueBytes);
  peer->flush();
  peer->compact();
  peer->settle();
}

void run_together(unsigned threads, const std::function<void(unsigned)>& work) {
  std::barrier together(static_cast<std::ptrdiff_t>(threads));
  std::vector<std::thread> running;
  running.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      together.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace quartz::bench
