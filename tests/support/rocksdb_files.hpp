#pragma once

#include <memory>

#include <rocksdb/env.h>

#include "io/file_system.hpp"

namespace quartz {

/// An environment in which RocksDB reaches its files by `files`, which must outlive it, and by
/// nothing else: a simulated disk holds the levels beside the log, and a faulty file system fails
/// calls of both. Threads are RocksDB's own, and it never sleeps for
/// long. No information log is kept, and nobody but
/// the engine's lock of its directory keeps others out.
std::unique_ptr<rocksdb::Env> rocksdb_env_over(io::FileSystem& files);

}  // namespace quartz
