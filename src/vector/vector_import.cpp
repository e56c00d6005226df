#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/file_system.hpp"
#include "quartz/storage/write_batch.hpp"
#include "quartz/vector/vector_transfer.hpp"
#include "vector/collection.hpp"
#include "vector/row_texts.hpp"
#include "vector/vector_file_reader.hpp"

namespace quartz {
namespace {

using vector::RowTexts;
using vector::VectorFileReader;

// Long vectors end a batch early, so that it stays far from the limit and memory stays small.
constexpr std::size_t kBatchBytesTarget = std::size_t{4} << 20;

// Takes rows of a file over into a collection.
class Importer {
 public:
  Importer(const VectorCollection& collection, const std::filesystem::path& path,
           const VectorImportOptions& options, VectorFileReader& reader, RowTexts& texts)
      : collection_(collection), path_(path), options_(options), reader_(reader), texts_(texts) {}

  Result<VectorImportSummary> run() {
    const std::uint64_t total = std::min(options_.limit, reader_.count() - reader_.position());
    const std::size_t vector_bytes = reader_.dimensions() * sizeof(float);
    const std::uint64_t piece_rows =
        std::clamp<std::uint64_t>(kBatchBytesTarget / vector_bytes, 1, options_.batch_rows);
    while (summary_.points < total) {
      const std::uint64_t wanted = std::min(piece_rows, total - summary_.points);
      auto written = write_batch(static_cast<std::size_t>(wanted));
      if (!written) return explained(written.error());
      if (options_.progress) QUARTZ_TRY(options_.progress(summary_.points, total));
    }
    return summary_;
  }

 private:
  Result<void> write_batch(std::size_t rows) {
    const std::uint64_t first_row = reader_.position();
    const std::size_t dimensions = reader_.dimensions();
    vectors_.resize(rows * dimensions);
    QUARTZ_ASSIGN(const std::size_t got, reader_.read(std::span<float>(vectors_)));
    batch_.clear();
    for (std::size_t i = 0; i < got; ++i) {
      QUARTZ_TRY(texts_.next());
      batch_.upsert(collection_, texts_.id(),
                    std::span<const float>(vectors_).subspan(i * dimensions, dimensions),
                    texts_.payload());
      if (const auto& error = batch_.error()) {
        return Error(error->code(), fmt::format("{}: row {}: {}", path_.string(), first_row + i,
                                                error->message()));
      }
    }
    QUARTZ_TRY(collection_.collection().write(batch_, {.durability = options_.durability}));
    summary_.points += got;
    ++summary_.batches;
    return {};
  }

  Error explained(const Error& error) const {
    return {error.code(),
            fmt::format("{} ({} rows before it are imported)", error.message(), summary_.points)};
  }

  const VectorCollection& collection_;
  const std::filesystem::path& path_;
  const VectorImportOptions& options_;
  VectorFileReader& reader_;
  RowTexts& texts_;
  WriteBatch batch_;
  std::vector<float> vectors_;
  VectorImportSummary summary_;
};

}  // namespace

Result<VectorImportSummary> import_vectors(const VectorCollection& collection,
                                           const std::filesystem::path& path,
                                           const VectorImportOptions& options) {
  if (options.batch_rows == 0) return Error(Errc::invalid_argument, "batch_rows = 0 writes no row");
  if (options.id_digits > kPointIdBytesMax) {
    return Error(Errc::too_large, fmt::format("id_digits = {}; an id has at most {} bytes",
                                              options.id_digits, kPointIdBytesMax));
  }
  QUARTZ_ASSIGN(auto reader, VectorFileReader::open(io::posix_file_system(), path, options.format));
  const std::size_t dimensions = collection.config().dimensions;
  if (reader.dimensions() != dimensions) {
    return Error(Errc::invalid_argument,
                 fmt::format("{}: its rows have {} dimensions; the vectors of collection \"{}\" "
                             "have {}",
                             path.string(), reader.dimensions(), collection.name(), dimensions));
  }
  QUARTZ_TRY(reader.seek(options.offset));
  if (options.first_id > std::numeric_limits<std::uint64_t>::max() - reader.count()) {
    return Error(Errc::invalid_argument, fmt::format("first_id = {} leaves no numbers for {} rows",
                                                     options.first_id, reader.count()));
  }
  QUARTZ_ASSIGN(RowTexts texts, RowTexts::open(options, options.offset, reader.count()));
  return Importer(collection, path, options, reader, texts).run();
}

}  // namespace quartz
