#include "bench/sample_vector_run.hpp"

namespace quartz::bench {
namespace {

CollectionResult sample_collection() {
  return {.recall = 0.975,
          .queries_per_second = {20'000, 22'000},
          .filtered = {{.filter = "boolean",
                        .share = 0.1,
                        .recall = 0.961,
                        .plan = "filtered walk",
                        .queries_per_second = {10'000, 11'000}}},
          .upserts = {{.p50_ns = 5'000, .p99_ns = 21'000}, {.p50_ns = 7'000, .p99_ns = 23'000}},
          .idle_searches = {{.p50_ns = 40'000, .p99_ns = 80'000},
                            {.p50_ns = 40'000, .p99_ns = 100'000}},
          .busy_searches = {{.p50_ns = 50'000, .p99_ns = 160'000},
                            {.p50_ns = 50'000, .p99_ns = 200'000}},
          .upserts_per_second = {1'990, 2'000},
          .clean_open_ns = {60e6, 70e6},
          .indexed_open_ns = {160e6, 170e6},
          .crash_open_ns = {400e6, 500e6}};
}

}  // namespace

VectorRunResult sample_vector_run() {
  VectorRunResult run;
  run.machine = {.cpu = "Example CPU @ 3.00GHz",
                 .cores = 8,
                 .memory_bytes = std::uint64_t{16} << 30,
                 .kernel = "6.1.0",
                 .file_system = "ext4",
                 .compiler = "GCC 12.2.0"};
  run.versions = {{"quartz_graph", "0.1.0"}, {"hnswlib", "0.6.2"}, {"faiss_IVF", "1.7.3"}};
  run.remarks = {{"hnswlib", "compiled with -O3"}};
  run.started_at = "2024-05-01T12:00:00Z";
  run.neighbours = 10;
  const VectorPeerResult ours = {
      .peer = "quartz_graph",
      .bytes_per_vector = 784,
      .builds = {{1, {20, 22}}, {2, {10, 11}}},
      .points = {
          {10, 0.85, {40'000, 44'000}}, {20, 0.95, {20'000, 22'000}}, {80, 0.995, {8'000, 8'800}}}};
  const VectorPeerResult graph = {
      .peer = "hnswlib",
      .bytes_per_vector = 660,
      .builds = {{1, {80, 88}}, {2, {40, 44}}},
      .points = {
          {10, 0.85, {10'000, 11'000}}, {20, 0.95, {5'000, 5'500}}, {80, 0.995, {2'000, 2'200}}}};
  const VectorPeerResult cells = {
      .peer = "faiss_IVF",
      .bytes_per_vector = 0,
      .builds = {{1, {4, 4.4}}, {2, {2, 2.2}}},
      .points = {{1, 0.6, {30'000, 33'000}}, {8, 0.96, {1'000, 1'100}}}};
  run.sets = {{.name = "example-128",
               .vectors = 200'000,
               .dimensions = 128,
               .queries = 2000,
               .peers = {ours, graph, cells},
               .collection = sample_collection()}};
  return run;
}

}  // namespace quartz::bench
