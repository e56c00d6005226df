#include <quartz/quartz.hpp>

int main() {
  auto engine = quartz::StorageEngine::open("data");
  if (!engine) return 1;
  if (!engine->put("key", "value")) return 2;
  const auto value = engine->get("key");
  if (!value || *value != "value") return 3;
  return quartz::version() == QUARTZ_FOUND_VERSION ? 0 : 4;
}
