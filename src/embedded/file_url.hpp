#pragma once

#include <filesystem>
#include <string_view>

#include "quartz/result.hpp"

namespace quartz::embedded {

/// Whether it begins with `file:`, in whatever case.
bool is_file_url(std::string_view url) noexcept;

/// Of `file:data`, `file:./data`, `file:/var/lib/data` and `file:///var/lib/data`, where bytes may
/// be percent-encoded (RFC 8089). `invalid_argument` says what is wrong.
Result<std::filesystem::path> directory_of(std::string_view url);

}  // namespace quartz::embedded
