#pragma once

#include <string>
#include <string_view>

namespace quartz::server {

/// A strong entity tag of a value: a hash of 128 bits in quotes. It tells versions of a value from
/// each other and proves nothing against somebody who looks for collisions.
std::string entity_tag(std::string_view value);

/// Whether the list of an `If-Match` or `If-None-Match` has `tag`, or is `*`. Weak tags match
/// none.
bool matches_entity_tag(std::string_view list, std::string_view tag) noexcept;

}  // namespace quartz::server
