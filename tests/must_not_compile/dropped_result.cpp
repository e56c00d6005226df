// expect: nodiscard
#include <quartz/result.hpp>

quartz::Result<void> write_everything();

void save() {
#ifdef QUARTZ_MISUSE
  write_everything();
#else
  if (!write_everything()) return;
#endif
}
