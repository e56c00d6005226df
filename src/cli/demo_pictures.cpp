#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/processors.hpp"
#include "base/try.hpp"
#include "cli/collection_wait.hpp"
#include "cli/database.hpp"
#include "cli/demo.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "quartz/vector/vector_transfer.hpp"

namespace quartz::cli {
namespace {

constexpr std::size_t kDrawnQueries = 10;
constexpr std::size_t kDrawnNeighbours = 10;
// So many fit into 80 columns large enough to be recognised.
constexpr std::size_t kTerminalQueries = 3;
constexpr std::size_t kTerminalNeighbours = 4;
constexpr std::size_t kTerminalColumns = 80;

// One nanosecond more than measured, so that no rate divides by zero.
Result<VectorImportSummary> import_under_progress(const VectorCollection& digits,
                                                  const PictureData& pictures, Console& console) {
  Progress progress(console.progress_mode(), "importing", pictures.base_count);
  VectorImportOptions options;
  options.progress = [&](std::uint64_t done, std::uint64_t /*total*/) -> Result<void> {
    progress.update(done, fmt::format("{} pictures", grouped(done)));
    if (interruption()) return Error(Errc::cancelled, "interrupted");
    return {};
  };
  return import_vectors(digits, pictures.base, options);
}

}  // namespace

Result<void> Demo::import_pictures() {
  heading("Import pictures of handwritten digits into a collection of vectors");
  if (!pictures_) {
    line(
        "the sample of pictures is not where the tool was built or installed; --picture-data says");
    line("where MNIST is");
    return {};
  }
  QUARTZ_ASSIGN(picture_engine_,
                open_database(console_, (work_directory_ / "pictures").string(), OpenMode::create));
  QUARTZ_ASSIGN(
      digits_, VectorCollection::open(*picture_engine_, "digits",
                                      {.dimensions = pictures_->dimensions(), .metric = Metric::l2},
                                      {.index_threads = usable_processors()}));
  const Stopwatch importing;
  QUARTZ_ASSIGN(const auto summary, import_under_progress(*digits_, *pictures_, console_));
  const double import_seconds = seconds_of(importing);
  line("{} pictures of {} x {} pixels, {}, in {} batches in {:.2f} s ({} points/s)",
       grouped(summary.points), pictures_->side, pictures_->side,
       pictures_->sample ? "a sample of MNIST" : "the whole of MNIST", grouped(summary.batches),
       import_seconds,
       grouped(static_cast<std::uint64_t>(static_cast<double>(summary.points) / import_seconds)));
  const Stopwatch indexing;
  QUARTZ_TRY(wait_for(*picture_engine_, console_, "indexing",
                      [&](const auto& progress) { return digits_->wait_until_indexed(progress); }));
  const VectorStatistics statistics = digits_->statistics();
  line("all of them in the graph {:.2f} s later; {} of memory, {} of it codes of 8 bits",
       seconds_of(indexing), readable_bytes(statistics.memory_bytes),
       readable_bytes(statistics.code_bytes));
  return {};
}

// The first `queries` with what is found for each.
Result<ContactSheet> Demo::sheet_of(std::size_t queries, std::size_t neighbours) {
  ContactSheet sheet(pictures_->side, pictures_->side, neighbours + 1);
  for (std::size_t i = 0; i < std::min(queries, pictures_->query_count()); ++i) {
    QUARTZ_ASSIGN(const auto hits,
                  digits_->search(pictures_->query(i), {.k = neighbours, .with_vectors = true}));
    std::vector<std::vector<std::uint8_t>> pixels = {pixels_of(pictures_->query(i))};
    for (const VectorHit& hit : hits) pixels.push_back(pixels_of(hit.vectors.front()));
    const std::vector<std::span<const std::uint8_t>> tiles(pixels.begin(), pixels.end());
    QUARTZ_TRY(sheet.add_row(tiles));
  }
  return sheet;
}

Result<void> Demo::find_neighbours(const std::filesystem::path& path) {
  if (!pictures_) return {};
  heading("Find what unseen digits look like");
  const Stopwatch stopwatch;
  QUARTZ_ASSIGN(const ContactSheet sheet, sheet_of(kDrawnQueries, kDrawnNeighbours));
  const double elapsed = static_cast<double>(stopwatch.elapsed_ns());
  QUARTZ_ASSIGN(const ContactSheet few, sheet_of(kTerminalQueries, kTerminalNeighbours));
  line("{} pictures that are not in the collection, and the {} nearest of each, in {}",
       sheet.row_count(), kDrawnNeighbours, readable_nanoseconds(elapsed));
  line("the first of them, framed, with the {} nearest:", kTerminalNeighbours);
  console_.print("\n{}\n", few.draw_as_text(picture_style_for_standard_output(), kTerminalColumns));
  QUARTZ_TRY(sheet.write_png(path, {.magnification = 2}));
  line("all of them: {}", path.string());
  return {};
}

}  // namespace quartz::cli
