// expect: deleted
#include <utility>

#include <quartz/storage/snapshot.hpp>

quartz::Snapshot pin_again(quartz::Snapshot& pinned) {
#ifdef QUARTZ_MISUSE
  return pinned;
#else
  return std::move(pinned);
#endif
}
