#include "server/service/row_kind.hpp"

namespace quartz::server {

std::string_view to_string(RowKind kind) noexcept {
  switch (kind) {
    case RowKind::string:
      return "string";
    case RowKind::hash:
      return "hash";
    case RowKind::list:
      return "list";
    case RowKind::set:
      return "set";
    case RowKind::sorted_set:
      return "zset";
    case RowKind::vector_set:
      return "vectorset";
  }
  return "unknown";
}

}  // namespace quartz::server
