#include "vector/index_file_path.hpp"

#include <string>

#include <fmt/format.h>

namespace quartz::vector {

io::Path index_directory(const io::Path& database) { return database / "vectors"; }

io::Path index_file_path(const io::Path& database, const CollectionIdentity& identity) {
  std::string name;
  for (const std::byte byte : identity) name += fmt::format("{:02x}", std::to_integer<int>(byte));
  return index_directory(database) / (name + ".index");
}

}  // namespace quartz::vector
