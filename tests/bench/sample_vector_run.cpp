#include "bench/sample_vector_run.hpp"

namespace quartz::bench {

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
               .peers = {ours, graph, cells}}};
  return run;
}

}  // namespace quartz::bench
