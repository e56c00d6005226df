// A payload: what the check accepts is JSON for others too, and what it refuses is not.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/json/error.hpp>
#include <boost/json/parse.hpp>

#include "base/check.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "vector/payload.hpp"

namespace {

// An object, as Boost reads it, no deeper than is allowed. Of exponents that no `int` holds, which
// JSON allows, it knows nothing.
bool is_object(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = quartz::kPayloadDepthMax;
  boost::system::error_code fault;
  const auto value = boost::json::parse(text, fault, {}, options);
  return fault == boost::json::error::exponent_overflow || (!fault && value.is_object());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (quartz::vector::validate_payload(text)) QUARTZ_CHECK(is_object(text));
  return 0;
}
