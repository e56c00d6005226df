#pragma once

#include <string>
#include <string_view>

namespace quartz::bench {

/// The engine that all others are compared with.
inline constexpr std::string_view kOurEngine = "quartz";

/// The engine's name as its authors write it: "RocksDB" of "rocksdb". What follows an underscore
/// names a variant: "RocksDB tuned" of "rocksdb_tuned". A name that is not known stays as it is.
std::string engine_title(std::string_view engine);

/// "rocksdb" of "rocksdb_tuned".
std::string_view engine_family(std::string_view engine);

}  // namespace quartz::bench
