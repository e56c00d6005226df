#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/measured_store.hpp"

namespace quartz::cli {

/// RocksDB by itself as a store to measure: block cache of the given size, Bloom filters of ten
/// bits a key, write-ahead log on and not synced, which survives a killed process just as ours.
Result<std::unique_ptr<MeasuredStore>> open_rocksdb_store(const std::filesystem::path& directory,
                                                          std::size_t cache_bytes);

/// The version of the RocksDB library that is in use, such as "7.8.3".
std::string rocksdb_version();

/// Whether that library was certainly built with its assertions, which slow it down.
bool rocksdb_has_assertions() noexcept;

}  // namespace quartz::cli
