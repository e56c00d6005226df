#include "server/http/entity_tag.hpp"

#include <algorithm>

#include <fmt/compile.h>

#include "base/hash.hpp"
#include "server/http/request.hpp"

namespace quartz::server {

std::string entity_tag(std::string_view value) {
  return fmt::format(FMT_COMPILE("\"{:016x}{:016x}\""), hash_key(value, 1), hash_key(value, 2));
}

bool matches_entity_tag(std::string_view list, std::string_view tag) noexcept {
  while (!list.empty()) {
    const std::string_view part = list.substr(0, list.find(','));
    list.remove_prefix(std::min(part.size() + 1, list.size()));
    const std::string_view candidate = trimmed(part);
    if (candidate == "*" || candidate == tag) return true;
  }
  return false;
}

}  // namespace quartz::server
