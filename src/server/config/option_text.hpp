#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::server {

// Values of options as text, the same in files, variables and flags. Each reader's error says what
// was expected, without naming the option; each writer's text is read back as the same value.

/// "true", "false"; also yes, no, on, off, 1, 0.
Result<bool> read_bool(std::string_view text);
std::string write_bool(bool value);

/// A whole number from `least` to `most`.
Result<std::uint64_t> read_number(std::string_view text, std::uint64_t least, std::uint64_t most);

/// Bytes: "65536", "64KiB", "64 MiB", "2GiB".
Result<std::uint64_t> read_size(std::string_view text);
std::string write_size(std::uint64_t bytes);

/// A time: "250ms", "10s", "5min", "1h"; "0".
Result<std::chrono::milliseconds> read_duration(std::string_view text);
std::string write_duration(std::chrono::milliseconds value);

/// Texts with commas between them; none of them holds one.
std::vector<std::string> read_list(std::string_view text);
std::string write_list(const std::vector<std::string>& values);

}  // namespace quartz::server
