#include "server/resp/vector_set_access.hpp"

#include <utility>

#include "server/resp/resp_server.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {
namespace {

void load_beside(RespServer& server, const VectorSetHead& head) {
  server.workers()->post([&server, head] {
    // Whoever asks next is told if that failed.
    static_cast<void>(server.service().vector_sets().open(head).has_value());
  });
}

}  // namespace

Result<std::optional<VectorSet>> vector_set_of(CommandCall& call) {
  VectorSetCollections& collections = call.server.service().vector_sets();
  const bool in_exec = call.messages != nullptr && call.server.workers() != nullptr;
  const auto opening = call.too_long != nullptr || in_exec ? VectorSet::Opening::if_open
                                                           : VectorSet::Opening::always;
  auto found = VectorSet::find(collections, call.view, call.arguments[1], opening);
  if (found || found.error().code() != Errc::busy || opening == VectorSet::Opening::always) {
    return found;
  }
  if (leaves_thread(call)) return found;
  const auto row = call.view.find(RowKind::vector_set, call.arguments[1]);
  if (row && *row) {
    const auto head = VectorSetHead::decode((*row)->value, call.arguments[1]);
    if (head) load_beside(call.server, *head);
  }
  return Error(Errc::invalid_argument,
               "LOADING the index of the vector set is being loaded; try again soon");
}

bool leaves_thread(CommandCall& call) {
  if (call.too_long == nullptr) return false;
  *call.too_long = true;
  return true;
}

Result<void> check_committed(const VectorSet& set) {
  if (!set.has_pending_writes()) return {};
  return Error(Errc::invalid_argument,
               "a transaction cannot search a vector set that it has written to");
}

}  // namespace quartz::server
