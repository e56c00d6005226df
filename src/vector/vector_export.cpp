#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/file_system.hpp"
#include "io/path_destination.hpp"
#include "quartz/vector/vector_transfer.hpp"
#include "vector/id_file.hpp"
#include "vector/line_file.hpp"
#include "vector/vector_file_writer.hpp"

namespace quartz {
namespace {

using vector::IdFileWriter;
using vector::LineFileWriter;
using vector::VectorFileWriter;

constexpr std::size_t kPagePoints = 256;

// The files that points are written to, side by side.
class ExportFiles {
 public:
  static Result<ExportFiles> create(const VectorCollection& collection, const io::Path& path,
                                    const VectorExportOptions& options) {
    io::FileSystem& files = io::posix_file_system();
    const io::Path ids_path =
        options.ids_path.empty() ? io::Path(path.string() + ".ids") : options.ids_path;
    for (const auto& [a, b] :
         {std::pair(&path, &ids_path), std::pair(&path, &options.payloads_path),
          std::pair(&ids_path, &options.payloads_path)}) {
      if (!io::lead_to_the_same_file(*a, *b)) continue;
      return Error(Errc::invalid_argument,
                   fmt::format("{}: cannot be the file of something else as well", a->string()));
    }
    QUARTZ_ASSIGN(
        auto vectors,
        VectorFileWriter::create(
            files, path, {.dimensions = collection.config().dimensions, .format = options.format}));
    QUARTZ_ASSIGN(auto ids, IdFileWriter::create(files, ids_path));
    ExportFiles all(std::move(vectors), std::move(ids));
    if (!options.payloads_path.empty()) {
      QUARTZ_ASSIGN(auto payloads, LineFileWriter::create(files, options.payloads_path));
      all.payloads_.emplace(std::move(payloads));
    }
    return all;
  }

  Result<void> append(const VectorPoint& point, VectorExportSummary& summary) {
    if (auto written = vectors_.append(point.vectors.front()); !written) {
      return Error(written.error().code(),
                   fmt::format("point \"{}\": {}", point.id, written.error().message()));
    }
    QUARTZ_TRY(ids_.append(point.id));
    if (payloads_) {
      QUARTZ_TRY(payloads_->append(on_one_line(point.payload)));
    } else if (!point.payload.empty()) {
      ++summary.payloads_left_out;
    }
    ++summary.points;
    summary.vectors_left_out += point.vectors.size() - 1;
    return {};
  }

  // The vectors first: a format that cannot say that there are none refuses, and then no file may
  // change.
  Result<void> finish() {
    QUARTZ_TRY(vectors_.finish());
    QUARTZ_TRY(ids_.finish());
    return payloads_ ? payloads_->finish() : Result<void>();
  }

 private:
  ExportFiles(VectorFileWriter vectors, IdFileWriter ids)
      : vectors_(std::move(vectors)), ids_(std::move(ids)) {}

  // In JSON, a newline that is not escaped is a space between two others of its parts.
  static std::string on_one_line(std::string payload) {
    std::ranges::replace_if(payload, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return payload;
  }

  VectorFileWriter vectors_;
  IdFileWriter ids_;
  std::optional<LineFileWriter> payloads_;
};

}  // namespace

Result<VectorExportSummary> export_vectors(const VectorCollection& collection,
                                           const std::filesystem::path& path,
                                           const VectorExportOptions& options) {
  QUARTZ_TRY(options.filter.validate());
  QUARTZ_ASSIGN(auto files, ExportFiles::create(collection, path, options));
  VectorExportSummary summary;
  const std::uint64_t total = collection.count();
  std::string last;
  VectorScrollOptions page{.limit = kPagePoints, .filter = options.filter};
  while (true) {
    QUARTZ_ASSIGN(const auto points, collection.scroll(page));
    for (const VectorPoint& point : points) QUARTZ_TRY(files.append(point, summary));
    if (points.size() < kPagePoints) break;
    if (options.progress) QUARTZ_TRY(options.progress(summary.points, total));
    last = points.back().id;
    page.after = last;
  }
  QUARTZ_TRY(files.finish());
  return summary;
}

}  // namespace quartz
