#include "bench/peers/peer.hpp"

#include <algorithm>

namespace quartz::bench {

const PeerKind* find_peer_kind(std::string_view name) {
  const auto kind = std::ranges::find(peer_kinds(), name, &PeerKind::name);
  return kind == peer_kinds().end() ? nullptr : &*kind;
}

}  // namespace quartz::bench
