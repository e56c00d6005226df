#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/file_system.hpp"
#include "quartz/vector/vector_transfer.hpp"
#include "vector/id_file.hpp"
#include "vector/vector_file_writer.hpp"

namespace quartz {
namespace {

using vector::IdFileWriter;
using vector::VectorFileWriter;

constexpr std::size_t kPagePoints = 256;

Result<void> append(const VectorPoint& point, VectorFileWriter& vectors, IdFileWriter& ids,
                    VectorExportSummary& summary) {
  if (auto written = vectors.append(point.vectors.front()); !written) {
    return Error(written.error().code(),
                 fmt::format("point \"{}\": {}", point.id, written.error().message()));
  }
  QUARTZ_TRY(ids.append(point.id));
  ++summary.points;
  summary.vectors_left_out += point.vectors.size() - 1;
  if (!point.payload.empty()) ++summary.payloads_left_out;
  return {};
}

}  // namespace

Result<VectorExportSummary> export_vectors(const VectorCollection& collection,
                                           const std::filesystem::path& path,
                                           const VectorExportOptions& options) {
  QUARTZ_TRY(options.filter.validate());
  io::FileSystem& files = io::posix_file_system();
  std::filesystem::path ids_path = options.ids_path;
  if (ids_path.empty()) ids_path = path.string() + ".ids";
  if (ids_path == path) {
    return Error(Errc::invalid_argument,
                 fmt::format("{}: cannot be the file of the ids as well", path.string()));
  }
  QUARTZ_ASSIGN(
      auto vectors,
      VectorFileWriter::create(
          files, path, {.dimensions = collection.config().dimensions, .format = options.format}));
  QUARTZ_ASSIGN(auto ids, IdFileWriter::create(files, ids_path));
  VectorExportSummary summary;
  const std::uint64_t total = collection.count();
  std::string last;
  VectorScrollOptions page{.limit = kPagePoints, .filter = options.filter};
  while (true) {
    QUARTZ_ASSIGN(const auto points, collection.scroll(page));
    for (const VectorPoint& point : points) {
      QUARTZ_TRY(append(point, vectors, ids, summary));
    }
    if (points.size() < kPagePoints) break;
    if (options.progress) QUARTZ_TRY(options.progress(summary.points, total));
    last = points.back().id;
    page.after = last;
  }
  // The vectors first: a format that cannot say that there are none refuses, and then neither file
  // may change.
  QUARTZ_TRY(vectors.finish());
  QUARTZ_TRY(ids.finish());
  return summary;
}

}  // namespace quartz
