#pragma once

#include "quartz/server/server_config.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/transport/listener.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

/// What speaks the protocol of Redis. All arguments outlive the sessions. Empty in a build that
/// does not speak it: then nothing listens for it.
StartSession make_resp_session(StorageEngine& engine, WorkerThreads& workers,
                               const ServerConfig& config);

}  // namespace quartz::server
