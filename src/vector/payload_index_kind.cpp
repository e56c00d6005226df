#include "quartz/vector/payload_index_kind.hpp"

namespace quartz {

std::string_view to_string(PayloadIndexKind kind) noexcept {
  switch (kind) {
    case PayloadIndexKind::keyword:
      return "keyword";
    case PayloadIndexKind::prefix:
      return "prefix";
    case PayloadIndexKind::integer:
      return "integer";
    case PayloadIndexKind::floating:
      return "floating";
    case PayloadIndexKind::boolean:
      return "boolean";
  }
  return "unknown";
}

}  // namespace quartz
