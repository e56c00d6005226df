#pragma once

#include <filesystem>

#include <boost/json/value.hpp>

#include "quartz/result.hpp"

namespace quartz::bench {

/// Writes `value` as `json_text` has it. Replaces `file` atomically: a crash leaves the old one or
/// the new one.
Result<void> write_json(const boost::json::value& value, const std::filesystem::path& file);

/// `not_found`, or `corruption` naming the file and the byte where it is no JSON.
Result<boost::json::value> read_json(const std::filesystem::path& file);

}  // namespace quartz::bench
