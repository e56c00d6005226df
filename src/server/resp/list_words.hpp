#pragma once

#include <string_view>

#include "base/try.hpp"
#include "quartz/result.hpp"
#include "server/resp/pop_words.hpp"
#include "server/service/lists.hpp"

namespace quartz::server {

// The ends of a list among the words of its commands.

inline constexpr EndNames kListEnds{.first = "LEFT", .last = "RIGHT"};

constexpr lists::End list_end(NamedEnd end) noexcept {
  return end == NamedEnd::first ? lists::End::left : lists::End::right;
}

inline Result<lists::End> list_end_named(std::string_view word) {
  QUARTZ_ASSIGN(const NamedEnd end, end_named(word, kListEnds));
  return list_end(end);
}

}  // namespace quartz::server
