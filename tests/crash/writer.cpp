#include "crash/writer.hpp"

#include <cstdlib>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/random.hpp"
#include "base/try.hpp"
#include "crash/crash_point.hpp"
#include "crash/report.hpp"
#include "crash/steps.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

void write_steps(StorageEngine& engine, const Keyspace& second, const WriterOrder& order,
                 std::uint32_t writer) {
  Random random(order.seed + writer);
  for (std::uint64_t number = order.next_steps[writer];; ++number) {
    const Durability any = random.one_in(8) ? Durability::disk : Durability::process;
    const WriteOptions options{.durability = order.durability.value_or(any)};
    if (auto written = Step(writer, number).write_to(engine, second, options); !written) {
      give_up(written.error().to_string());
    }
    const bool durable = *options.durability == Durability::disk;
    report(
        {.writer = writer, .event = durable ? Event::durable_step : Event::step, .step = number});
    if (!random.one_in(700)) continue;
    auto maintained = random.one_in(3) ? engine.compact_range() : engine.flush();
    if (!maintained) give_up(maintained.error().to_string());
  }
}

void must(const Result<void>& done) {
  if (!done) give_up(done.error().to_string());
}

// All that there is to do beside writing, so that every point is come to.
void maintain(StorageEngine& engine, const std::filesystem::path& checkpoint) {
  for (;;) {
    must(engine.flush());
    auto fleeting = engine.keyspace(kFleetingKeyspace);
    if (!fleeting) fleeting = engine.create_keyspace(kFleetingKeyspace);
    if (!fleeting) give_up(fleeting.error().to_string());
    must(engine.put(*fleeting, "key", "value"));
    must(engine.compact_range());
    std::filesystem::remove_all(checkpoint);
    must(engine.checkpoint(checkpoint));
    must(engine.drop_keyspace(*fleeting));
  }
}

Result<StorageEngine> open_for(const WriterOrder& order, io::FileSystem& files) {
  QUARTZ_ASSIGN(auto engine, storage::Engine::open(order.directory,
                                                   writer_config(order.segment_bytes, order.medium),
                                                   files, storage::TimeSource::system()));
  return StorageEngine(std::move(engine));
}

}  // namespace

std::filesystem::path checkpoint_directory(const std::filesystem::path& directory) {
  return directory.parent_path() / "checkpoint";
}

std::vector<std::string> WriterOrder::to_arguments() const {
  std::vector<std::string> arguments = {
      directory.string(),
      std::to_string(seed),
      std::to_string(segment_bytes),
      std::to_string(static_cast<int>(medium)),
      durability ? std::to_string(static_cast<int>(*durability)) : "any",
      point,
      std::to_string(pass)};
  for (const std::uint64_t step : next_steps) arguments.push_back(std::to_string(step));
  return arguments;
}

WriterOrder WriterOrder::from_arguments(std::span<char* const> arguments) {
  if (arguments.size() < 7) give_up("too few arguments");
  const auto number = [&](std::size_t i) { return std::strtoull(arguments[i], nullptr, 10); };
  WriterOrder order;
  order.directory = arguments[0];
  order.seed = number(1);
  order.segment_bytes = number(2);
  order.medium = static_cast<LogMedium>(number(3));
  if (std::string_view(arguments[4]) != "any")
    order.durability = static_cast<Durability>(number(4));
  order.point = arguments[5];
  order.pass = number(6);
  for (std::size_t i = 7; i < arguments.size(); ++i) order.next_steps.push_back(number(i));
  return order;
}

StorageConfig writer_config(std::uint64_t segment_bytes, LogMedium medium) {
  StorageConfig config = small_config();
  config.segment_bytes = segment_bytes;
  config.memtable_bytes = segment_bytes * 4;
  config.log_medium = medium;
  config.compaction_threshold = 2;
  return config;
}

void write_until_killed(const WriterOrder& order) {
  io::FaultyFileSystem files(io::posix_file_system());
  if (!order.point.empty()) die_at(order.point, order.pass, files);
  auto engine = open_for(order, files);
  if (!engine) give_up(engine.error().to_string());
  auto second = engine->keyspace(kSecondKeyspace);
  if (!second) second = engine->create_keyspace(kSecondKeyspace);
  if (!second) give_up(second.error().to_string());
  std::vector<std::thread> writers;
  writers.reserve(order.next_steps.size());
  for (std::uint32_t writer = 0; writer < order.next_steps.size(); ++writer) {
    writers.emplace_back([&, writer] { write_steps(*engine, *second, order, writer); });
  }
  if (!order.point.empty()) maintain(*engine, checkpoint_directory(order.directory));
  for (;;) ::pause();
}

}  // namespace quartz
