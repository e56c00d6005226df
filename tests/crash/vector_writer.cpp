#include "crash/vector_writer.hpp"

#include <array>
#include <cstdlib>
#include <optional>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/random.hpp"
#include "crash/report.hpp"
#include "crash/vector_steps.hpp"
#include "crash/writer.hpp"

namespace quartz {
namespace {

template <class T>
void must(const Result<T>& result) {
  if (!result) give_up(result.error().to_string());
}

VectorIndexConfig random_index_config(Random& random) {
  constexpr std::array kQuantizations = {Quantization::sq8, Quantization::f16, Quantization::none};
  return {.quantization = kQuantizations[random.below(kQuantizations.size())],
          .m = random.one_in(2) ? 6U : 8U,
          .ef_construction = 30,
          .vectors_in_memory = !random.one_in(4),
          .payloads_in_memory = true};
}

// What happens beside the steps now and then.
void maintain(StorageEngine& engine, VectorCollection& collection, Random& random) {
  if (random.one_in(60)) must(collection.save_index());
  if (random.one_in(60)) must(engine.flush());
  if (random.one_in(150)) must(engine.compact_range());
  if (random.one_in(150)) must(collection.reindex(random_index_config(random)));
  if (random.one_in(150)) must(collection.wait_until_indexed());
}

void write_steps(StorageEngine& engine, VectorCollection& collection,
                 const VectorWriterOrder& order, std::uint32_t writer) {
  Random random(order.seed + writer);
  const std::uint64_t first = order.next_steps[writer];
  for (std::uint64_t number = first;; ++number) {
    if (order.ending != Ending::none && number == first + order.steps) return;
    const WriteOptions options{.durability =
                                   random.one_in(20) ? Durability::disk : Durability::process};
    must(VectorStep(writer, number).write_to(engine, collection, options));
    report({.writer = writer, .step = number});
    maintain(engine, collection, random);
  }
}

void end(StorageEngine& engine, VectorCollection& collection, const VectorWriterOrder& order) {
  // Only a file that lacks nothing is loaded without being compared.
  if (!Random(order.seed).one_in(3)) must(collection.wait_until_indexed());
  report({.event = Event::ending});
  if (order.ending == Ending::save) must(collection.save_index());
  if (order.ending == Ending::close) must(engine.close());
  report({.event = Event::ended});
}

}  // namespace

std::vector<std::string> VectorWriterOrder::to_arguments() const {
  std::vector<std::string> arguments = {directory.string(), std::to_string(seed),
                                        std::to_string(static_cast<int>(ending)),
                                        std::to_string(steps)};
  for (const std::uint64_t step : next_steps) arguments.push_back(std::to_string(step));
  return arguments;
}

VectorWriterOrder VectorWriterOrder::from_arguments(std::span<char* const> arguments) {
  if (arguments.size() < 4) give_up("too few arguments");
  const auto number = [&](std::size_t i) { return std::strtoull(arguments[i], nullptr, 10); };
  VectorWriterOrder order;
  order.directory = arguments[0];
  order.seed = number(1);
  order.ending = static_cast<Ending>(number(2));
  order.steps = number(3);
  for (std::size_t i = 4; i < arguments.size(); ++i) order.next_steps.push_back(number(i));
  return order;
}

StorageConfig vector_writer_config() {
  return writer_config(std::uint64_t{256} << 10, LogMedium::mapped);
}

Result<VectorCollection> open_crash_collection(StorageEngine& engine) {
  const VectorRuntimeConfig runtime{.index_threads = 1, .pending_points_max = 1000};
  // Without a configuration once there is one: `reindex` changes it.
  auto collection = VectorCollection::open(engine, kCrashCollection, runtime);
  if (collection || collection.error().code() != Errc::not_found) return collection;
  return VectorCollection::open(engine, kCrashCollection, crash_collection_config(), runtime);
}

void write_vectors_until_killed(const VectorWriterOrder& order) {
  auto engine = StorageEngine::open(order.directory, vector_writer_config());
  must(engine);
  report({.event = Event::opening});
  auto collection = open_crash_collection(*engine);
  must(collection);
  std::vector<std::thread> writers;
  writers.reserve(order.next_steps.size());
  for (std::uint32_t writer = 0; writer < order.next_steps.size(); ++writer) {
    writers.emplace_back([&, writer] { write_steps(*engine, *collection, order, writer); });
  }
  for (std::thread& writer : writers) writer.join();
  if (!writers.empty()) end(*engine, *collection, order);
  for (;;) ::pause();
}

}  // namespace quartz
