#include "server/resp/resp_server.hpp"

#include <iterator>
#include <random>

#include <fmt/format.h>

#include "server/resp/resp_client.hpp"

namespace quartz::server {
namespace {

std::string random_run_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 5; ++i) fmt::format_to(std::back_inserter(id), "{:08x}", random());
  return id;
}

}  // namespace

RespServer::RespServer(Service& service, Surroundings around)
    : service_(service),
      around_(around),
      parameters_(service),
      key_waits_(service.key_changes()),
      started_at_(std::chrono::system_clock::now()),
      run_id_(random_run_id()) {}

void RespServer::add(const std::shared_ptr<RespClient>& client) {
  ++connections_received;
  MutexLock lock(mutex_);
  clients_.emplace(client->id(), client);
}

void RespServer::remove(std::uint64_t id) {
  invalidations_.disable(id);
  MutexLock lock(mutex_);
  clients_.erase(id);
}

std::shared_ptr<RespClient> RespServer::find(std::uint64_t id) const {
  MutexLock lock(mutex_);
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : found->second.lock();
}

std::vector<std::shared_ptr<RespClient>> RespServer::clients() const {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<RespClient>> all;
  for (const auto& [id, client] : clients_) {
    if (auto alive = client.lock()) all.push_back(std::move(alive));
  }
  return all;
}

void RespServer::reset_counters() noexcept {
  connections_received = 0;
  commands_processed = 0;
  errors_replied = 0;
}

}  // namespace quartz::server
