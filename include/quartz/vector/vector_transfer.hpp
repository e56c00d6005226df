#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/durability.hpp"
#include "quartz/vector/filter.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "quartz/vector/vector_format.hpp"

namespace quartz {

/// Is told of the rows that are done and of how many there are. What it fails with ends the work
/// and is its answer: `cancelled`, say.
using VectorTransferProgress = std::function<Result<void>(std::uint64_t done, std::uint64_t total)>;

/// Which rows of a file become points, and under what ids.
struct VectorImportOptions {
  std::optional<VectorFormat> format = {};  ///< Empty: the extension tells it.
  std::uint64_t offset = 0;                 ///< The first row, counted from 0.
  /// At most so many rows.
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  /// A file with the id of each row of the whole file, a line each: see `export_vectors`. Empty:
  /// row n is called `id_prefix` and the number `first_id + n`, with as many leading zeros as the
  /// last row of the file needs none, so that ids are in the order of rows.
  std::filesystem::path ids_path = {};
  std::string id_prefix = {};  ///< See `ids_path`.
  std::uint64_t first_id = 0;  ///< See `ids_path`.
  std::size_t id_digits = 0;   ///< At least so many digits, for ids of several files.
  /// A file with the payload of each row of the whole file, a line of JSON each (JSON Lines); an
  /// empty line is no payload. Empty: no row has one.
  std::filesystem::path payloads_path = {};
  std::size_t batch_rows = 256;                 ///< Rows in one atomic batch; at least 1.
  Durability durability = Durability::process;  ///< Of each batch.
  VectorTransferProgress progress = {};         ///< After each batch.
};

/// What an import has done.
struct VectorImportSummary {
  std::uint64_t points = 0;   ///< Stored, or stored again.
  std::uint64_t batches = 0;  ///< Written.
};

/// Stores rows of a file of vectors as points of a collection, in place of points that have their
/// ids. Returns when all are written; `wait_until_indexed` waits for the graph. An error names the
/// file and the row, and how many rows stay imported: those of the batches before it. Importing the
/// same file again completes it.
///
/// Errors: `not_found`, `corruption`, `unsupported` and so on of the file; `invalid_argument` for
/// rows of other dimensions, for one that cannot be stored (of zeros, where the metric is the
/// cosine, or with a payload that is none), for a file of ids or payloads with another number of
/// lines, which is found before anything is written; those of the engine's writes.
QUARTZ_EXPORT Result<VectorImportSummary> import_vectors(const VectorCollection& collection,
                                                         const std::filesystem::path& path,
                                                         const VectorImportOptions& options = {});

/// Which points go to a file, and how.
struct VectorExportOptions {
  std::optional<VectorFormat> format = {};  ///< Empty: the extension tells it.
  /// Where the ids go. Empty: to the path of the vectors with ".ids" behind it.
  std::filesystem::path ids_path = {};
  /// Where the payloads go, a line of JSON each. Empty: nowhere.
  std::filesystem::path payloads_path = {};
  Filter filter = {};                    ///< Only points that match.
  VectorTransferProgress progress = {};  ///< After some hundred points.
};

/// What an export has written, and what the files have no room for.
struct VectorExportSummary {
  std::uint64_t points = 0;             ///< Written.
  std::uint64_t vectors_left_out = 0;   ///< Of points with several, all but the first.
  std::uint64_t payloads_left_out = 0;  ///< Those that are not empty, if no file takes them.
};

/// Writes the first vector of each point to a file of vectors, in the order of ids, and the ids to
/// a text file: one a line, in which backslash, newline and carriage return are `\\`, `\n` and
/// `\r`. Payloads go to a third one, if asked for, with spaces where they had newlines. All appear
/// under their paths when all is written, and replace what was there. Points that are written
/// meanwhile may be in it or not.
///
/// Errors: `invalid_argument` for an unknown extension, for a component that the format cannot hold
/// (2.5 in u8bin), and for no points at all in fvecs, ivecs and bvecs; those of reading and of the
/// file system.
QUARTZ_EXPORT Result<VectorExportSummary> export_vectors(const VectorCollection& collection,
                                                         const std::filesystem::path& path,
                                                         const VectorExportOptions& options = {});

}  // namespace quartz
