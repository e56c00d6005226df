#pragma once

#include <cstddef>

namespace quartz {

/// Longest payload of a point. What is larger belongs under a key of its own, beside the point.
inline constexpr std::size_t kPayloadBytesMax = std::size_t{1} << 20;

/// How deep objects and arrays of a payload may be nested, the payload itself included. Whoever
/// reads a payload recurses so deep at most.
inline constexpr std::size_t kPayloadDepthMax = 32;

/// How many fields of a collection's payloads can have an index. Each costs every write.
inline constexpr std::size_t kPayloadIndexesMax = 64;

}  // namespace quartz
