#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quartz::cli {

// The records that one process writes until it is killed, and another one checks. Everything
// follows from the number, so that the checker needs nothing from the writer but the last one.

/// The keyspace that they are in.
inline constexpr std::string_view kNumberedKeyspace = "numbers";

/// Fixed width, so that byte order is the order of the numbers.
std::string numbered_key(std::uint64_t number);

/// A hundred bytes or so that differ in every record.
std::string numbered_value(std::uint64_t number);

}  // namespace quartz::cli
