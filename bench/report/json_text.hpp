#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace quartz::bench {

/// `value` as JSON that people and diffs can read too: each member of the outermost object on a
/// line, and each element of its arrays. Numbers have the fewest digits that read back the same;
/// one that is not finite becomes null. Ends with a newline.
std::string json_text(const boost::json::value& value);

}  // namespace quartz::bench
