// Makes the pictures of docs/VECTOR_SEARCH_EXPLAINED.md.
//
//   quartz_vector_pictures measure <prefix of a data set>   measurements, to standard output
//   quartz_vector_pictures draw <measurements> <directory>  the pictures
//
// Both give the same bytes each time.

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/explain/graph_pictures.hpp"
#include "bench/explain/measurement_pictures.hpp"
#include "bench/explain/vector_measurements.hpp"

namespace quartz::bench {
namespace {

Result<void> write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return Error(Errc::io_error, "cannot write " + path);
  return {};
}

Result<void> draw(const std::string& measurements_path, const std::string& directory) {
  std::ifstream file(measurements_path, std::ios::binary);
  if (!file) return Error(Errc::not_found, "cannot read " + measurements_path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  QUARTZ_ASSIGN(const VectorMeasurements measurements, parse_measurements(text));
  const PlaneGraph graph(300, 4, 40, 7);
  const PlanePoint query{0.30F, 0.36F};
  QUARTZ_TRY(write(directory + "/vector_levels.svg", draw_levels(graph)));
  QUARTZ_TRY(write(directory + "/vector_walk.svg", draw_walk(graph, query, 8)));
  QUARTZ_TRY(write(directory + "/vector_filter.svg", draw_filter(graph, query, 5, 10, 10, 80)));
  QUARTZ_TRY(write(directory + "/vector_recall.svg", draw_recall(measurements)));
  return write(directory + "/vector_distances.svg", draw_distances(measurements));
}

Result<void> run(int argc, char** argv) {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  if (verb == "measure" && argc == 3) {
    QUARTZ_ASSIGN(const auto measurements, measure_vectors(io::posix_file_system(), argv[2]));
    fmt::print("{}", to_text(measurements));
    return {};
  }
  if (verb == "draw" && argc == 4) return draw(argv[2], argv[3]);
  return Error(Errc::invalid_argument,
               "usage: quartz_vector_pictures measure <prefix> | draw <measurements> <directory>");
}

}  // namespace
}  // namespace quartz::bench

int main(int argc, char** argv) {
  const auto done = quartz::bench::run(argc, argv);
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().to_string());
  return 1;
}
