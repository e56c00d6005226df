#include "server/resp/client_pauses.hpp"

#include <algorithm>

namespace quartz::server {

void ClientPauses::begin(Kind kind, Clock::time_point until) {
  MutexLock lock(mutex_);
  if (never_again_) return;
  const bool over = !any() || until_ <= Clock::now();
  until_ = over ? until : std::max(until_, until);
  kind_.store(over ? kind : std::max(kind_.load(), kind));
}

void ClientPauses::end() {
  MutexLock lock(mutex_);
  kind_.store(Kind::none);
}

void ClientPauses::end_for_good() {
  MutexLock lock(mutex_);
  never_again_ = true;
  kind_.store(Kind::none);
}

std::optional<ClientPauses::Clock::time_point> ClientPauses::until(bool writes,
                                                                   Clock::time_point now) {
  MutexLock lock(mutex_);
  const Kind kind = kind_.load();
  if (kind == Kind::none) return std::nullopt;
  if (now >= until_) {
    kind_.store(Kind::none);
    return std::nullopt;
  }
  if (kind == Kind::writes && !writes) return std::nullopt;
  return until_;
}

}  // namespace quartz::server
