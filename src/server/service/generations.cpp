#include "server/service/generations.hpp"

#include <string>

#include "base/try.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/open_keyspace.hpp"

namespace quartz::server {
namespace {

constexpr Generation kTakenAtOnce = 1u << 16;
constexpr std::string_view kKey = "next_generation";

}  // namespace

Result<std::unique_ptr<Generations>> Generations::open(StorageEngine& engine) {
  QUARTZ_ASSIGN(Keyspace keyspace, open_keyspace(engine, "server"));
  return std::unique_ptr<Generations>(new Generations(engine, std::move(keyspace)));
}

Result<Generation> Generations::next() {
  MutexLock lock(mutex_);
  if (next_ == end_) QUARTZ_TRY(take_more());
  return next_++;
}

// Written before any of them is used, and in the same log, so that none is handed out twice.
Result<void> Generations::take_more() {
  QUARTZ_ASSIGN(const auto stored, engine_.get(keyspace_, kKey));
  if (stored && stored->size() != 8) {
    return Error(Errc::corruption, "keyspace \"server\": the row \"next_generation\" is damaged");
  }
  const Generation first = stored ? read_big_endian(*stored) : 1;
  std::string after;
  append_big_endian(after, first + kTakenAtOnce);
  QUARTZ_TRY(engine_.put(keyspace_, kKey, after));
  next_ = first;
  end_ = first + kTakenAtOnce;
  return {};
}

}  // namespace quartz::server
