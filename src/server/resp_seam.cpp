#include "server/resp_seam.hpp"

namespace quartz::server {

StartSession make_resp_session(StorageEngine& /*engine*/, WorkerThreads& /*workers*/,
                               const ServerConfig& /*config*/) {
  return {};
}

}  // namespace quartz::server
