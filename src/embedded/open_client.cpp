#include "quartz/embedded/open_client.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "base/try.hpp"
#include "embedded/file_url.hpp"
#include "quartz/server/server.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz {
namespace {

/// A database and what serves it, for as long as a client has it.
class EmbeddedService final : public LocalService {
 public:
  EmbeddedService(std::shared_ptr<StorageEngine> engine, Server server)
      : engine_(std::move(engine)), server_(std::move(server)), clients_(server_.local_service()) {}

  std::shared_ptr<Session> connect(boost::asio::any_io_executor executor,
                                   Listener listener) override {
    return clients_->connect(std::move(executor), std::move(listener));
  }

 private:
  const std::shared_ptr<StorageEngine> engine_;
  const Server server_;
  const std::shared_ptr<LocalService> clients_;
};

Result<void> embed(ClientConfig& config, EmbeddedConfig embedded) {
  const auto found = std::ranges::find_if(config.endpoints, embedded::is_file_url);
  if (found == config.endpoints.end()) return {};
  if (config.endpoints.size() > 1) {
    return Error(Errc::invalid_argument, "endpoints: " + *found + " stands alone");
  }
  QUARTZ_ASSIGN(const std::filesystem::path directory, embedded::directory_of(*found));
  if (!embedded.server.durability) embedded.server.durability = embedded.storage.durability;
  QUARTZ_ASSIGN(StorageEngine opened, StorageEngine::open(directory, std::move(embedded.storage)));
  auto engine = std::make_shared<StorageEngine>(std::move(opened));
  QUARTZ_ASSIGN(Server server, Server::start(engine, std::move(embedded.server)));
  config.local = std::make_shared<EmbeddedService>(std::move(engine), std::move(server));
  return {};
}

Result<void> check_client(const ClientConfig& config) {
  const auto checked = check(config);
  if (!checked) return Error(Errc::invalid_argument, checked.error().message());
  return {};
}

}  // namespace

Result<Client> open_client(boost::asio::any_io_executor executor, ClientConfig config,
                           EmbeddedConfig embedded) {
  QUARTZ_TRY(embed(config, std::move(embedded)));
  QUARTZ_TRY(check_client(config));
  return Client(std::move(executor), std::move(config));
}

Result<Client> open_client(ClientConfig config, EmbeddedConfig embedded) {
  QUARTZ_TRY(embed(config, std::move(embedded)));
  QUARTZ_TRY(check_client(config));
  return Client(std::move(config));
}

}  // namespace quartz
