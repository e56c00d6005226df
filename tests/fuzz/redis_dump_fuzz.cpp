// A dump of Redis without its end: what is taken for a value is written and read back the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "protocol/redis_dump.hpp"

using quartz::protocol::from_redis_dump;
using quartz::protocol::redis_dump_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Few bytes may stand for many, and they are to be read often.
  constexpr std::size_t kBytesMax = std::size_t{1} << 20;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto value = from_redis_dump(bytes + std::string(10, '\0'));
  if (!value) return 0;
  std::size_t total = 0;
  for (const std::string& item : value->items) total += item.size();
  if (total > kBytesMax) return 0;
  const std::string dump = redis_dump_of(*value);
  QUARTZ_CHECK(quartz::protocol::is_redis_dump(dump));
  QUARTZ_CHECK(from_redis_dump(dump) == value);
  return 0;
}
