#pragma once

#include "io/file_system.hpp"
#include "vector/collection_record.hpp"

namespace quartz::vector {

/// Where index files lie in the directory of a database.
io::Path index_directory(const io::Path& database);

/// The file of a collection's index: named by its identity, which no other collection ever has.
io::Path index_file_path(const io::Path& database, const CollectionIdentity& identity);

}  // namespace quartz::vector
