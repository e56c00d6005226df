#pragma once

#include <algorithm>
#include <string_view>

#include "quartz/error.hpp"

namespace quartz::server {

/// Whether a client may call itself that: nothing that would break the lines of CLIENT LIST.
inline bool is_client_name(std::string_view name) noexcept {
  return std::ranges::all_of(name, [](char c) { return c >= '!' && c <= '~'; });
}

inline Error bad_client_name() {
  return {Errc::invalid_argument,
          "Client names cannot contain spaces, newlines or special characters."};
}

}  // namespace quartz::server
