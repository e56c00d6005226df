#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "cli/console.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "quartz/vector/vector_config.hpp"
#include "quartz/vector/vector_format.hpp"
#include "quartz/vector/vector_search.hpp"

namespace quartz::cli {

/// Which collection, as every verb that works on one is told.
struct CollectionName {
  std::string directory;
  std::string name;

  /// Declares DIR and NAME.
  void define(CLI::App& app);
};

/// An engine and one of its collections.
struct OpenedCollection {
  StorageEngine engine;  // First: it has to outlive the collection.
  VectorCollection collection;
};

/// Opens a collection that exists, with `index_threads` threads (0: one for each of the machine's,
/// since the process does nothing else). Errors: `not_found`, which says how to create it; those of
/// opening.
Result<OpenedCollection> open_collection(Console& console, const CollectionName& name,
                                         std::uint32_t index_threads = 0);

/// `--m`, `--quantization` and the like: what of an index's configuration the user has named.
struct IndexOptions {
  std::optional<Quantization> quantization;
  std::optional<std::uint32_t> m;
  std::optional<std::uint32_t> ef_construction;
  std::optional<std::uint64_t> seed;
  std::optional<bool> vectors_in_memory;
  std::optional<bool> payloads_in_memory;

  void define(CLI::App& app);
  /// `config` with those changed.
  VectorIndexConfig over(VectorIndexConfig config) const;
};

/// `-k`, `--filter`, `--recall` and the like: how to search.
struct SearchOptions {
  std::size_t k = 10;
  std::string filter;
  std::optional<std::size_t> ef_search;
  std::optional<double> recall;

  void define(CLI::App& app);
  /// Errors: those of the filter.
  Result<VectorSearchOptions> to_search() const;
};

/// `--metric cosine|l2|dot`; stays empty if it is not given.
void add_metric(CLI::App& app, std::optional<Metric>& metric);
/// `--format fvecs|…`; stays empty where the file's name shall decide.
void add_vector_format(CLI::App& app, std::optional<VectorFormat>& format);
/// `--payload-index FIELD:KIND`, any number of times; `parse_payload_indexes` takes them apart.
void add_payload_indexes(CLI::App& app, std::vector<std::string>& texts);
Result<std::vector<PayloadIndexConfig>> parse_payload_indexes(
    const std::vector<std::string>& texts);

}  // namespace quartz::cli
