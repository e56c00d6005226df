#pragma once

#include <string>
#include <string_view>

namespace quartz::server {

/// Whether a client's `X-Request-Id` may be passed on: up to 128 characters of `[A-Za-z0-9._-]`,
/// so that it is safe in headers, JSON and logs.
bool is_sane_request_id(std::string_view id) noexcept;

/// A fresh one: 16 hexadecimal digits, different for every request of this process. Threads: any.
std::string make_request_id();

}  // namespace quartz::server
