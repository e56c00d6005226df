#include "server/resp/vector_set_access.hpp"

#include "server/resp/resp_server.hpp"

namespace quartz::server {

Result<std::optional<VectorSet>> vector_set_of(CommandCall& call) {
  VectorSetCollections& collections = call.server.service().vector_sets();
  const auto opening =
      call.too_long == nullptr ? VectorSet::Opening::always : VectorSet::Opening::if_open;
  auto found = VectorSet::find(collections, call.view, call.arguments[1], opening);
  if (!found && found.error().code() == Errc::busy) leaves_thread(call);
  return found;
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
