#include "quartz/server/server.hpp"

#include <string>
#include <system_error>
#include <utility>

#include "base/try.hpp"
#include "server/running_server.hpp"
#include "server/server_config_check.hpp"

namespace quartz {

Server::Server(std::unique_ptr<server::RunningServer> running) noexcept
    : running_(std::move(running)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

Result<Server> Server::start(std::shared_ptr<StorageEngine> engine, ServerConfig config) {
  try {
    QUARTZ_ASSIGN(auto running, server::RunningServer::start(std::move(engine), std::move(config)));
    return Server(std::move(running));
  } catch (const std::system_error& error) {
    // Threads, event loops and TLS say so in this way when the system has no more of something.
    return Error(Errc::io_error, std::string("the server cannot be started: ") + error.what());
  }
}

Result<Server> Server::start(StorageEngine& engine, ServerConfig config) {
  // Shared by nobody: the caller keeps it alive.
  return start(std::shared_ptr<StorageEngine>(std::shared_ptr<void>(), &engine), std::move(config));
}

void Server::stop() { running_->stop(); }

std::optional<std::uint16_t> Server::http_port() const noexcept { return running_->http_port(); }
std::optional<std::uint16_t> Server::resp_port() const noexcept { return running_->resp_port(); }

std::shared_ptr<LocalService> Server::local_service() const { return running_->local_clients(); }

Result<void> Server::reload_certificates() { return running_->reload_certificates(); }

Result<void> Server::set_limits(const RequestLimits& limits) {
  QUARTZ_TRY(server::check_request_limits(limits));
  running_->set_limits(limits);
  return {};
}

Result<void> Server::reconfigure(const ServerConfig& config) {
  QUARTZ_TRY(server::check_server_config(config));
  running_->reconfigure(config);
  return {};
}

ServerStatistics Server::statistics() const { return running_->statistics(); }

}  // namespace quartz
