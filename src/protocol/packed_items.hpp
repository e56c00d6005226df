#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::protocol {

// Forms in which Redis keeps a few small items in one piece of memory, and writes them as they are.
// Numbers come as their decimal texts. All answer nothing for bytes that are not of that form from
// the first to the last; what comes out takes some 20 times the memory of those at most.

/// Redis 7: a list, the members of a sorted set with their scores, the fields of a hash.
std::optional<std::vector<std::string>> items_of_listpack(std::string_view bytes);
/// The same before Redis 7.
std::optional<std::vector<std::string>> items_of_ziplist(std::string_view bytes);
/// A set of integers.
std::optional<std::vector<std::string>> items_of_intset(std::string_view bytes);

}  // namespace quartz::protocol
