#include "server/http/request_client.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>

#include "quartz/storage/async.hpp"
#include "server/resp/resp_server.hpp"

namespace quartz::server {

namespace asio = boost::asio;

namespace {

ClientDescription describe(std::string address) {
  ClientDescription who;
  who.address = std::move(address);
  return who;
}

}  // namespace

struct RequestClient::Signal {
  explicit Signal(const asio::any_io_executor& executor)
      : timer(executor, asio::steady_timer::time_point::max()) {}

  void raise() {
    raised = true;
    timer.cancel();
  }

  asio::steady_timer timer;
  bool raised = false;
};

RequestClient::RequestClient(RespServer& server, std::string address,
                             const asio::any_io_executor& executor)
    : server_(server),
      signal_(std::make_shared<Signal>(executor)),
      client_(
          std::make_shared<RespClient>(server, describe(std::move(address)),
                                       ClientWire{.push = [](const std::string&) {},
                                                  .close = [] {},
                                                  .wake =
                                                      [executor, weak = std::weak_ptr(signal_)] {
                                                        asio::post(executor, [weak] {
                                                          if (const auto signal = weak.lock())
                                                            signal->raise();
                                                        });
                                                      }})) {
  server_.add_unlisted(client_);
  client_->note_paid();
}

RequestClient::~RequestClient() {
  client_->give_up();
  client_->unsubscribe_all();
}

Task<Result<std::string>> RequestClient::answer(std::string_view input, std::size_t bytes_max) {
  std::string output;
  while (!input.empty() && !client_->closing() && output.size() < bytes_max) {
    input.remove_prefix(client_->receive(input, output));
    while (client_->waiting()) {
      co_await wait();
      client_->resume(std::chrono::steady_clock::now(), output);
    }
  }
  if (client_->unsynced()) {
    const Result<void> synced = co_await server_.service().engine().async_sync(kUseTask);
    if (!synced) co_return synced.error();
    client_->note_synced();
  }
  co_return output;
}

Task<> RequestClient::wait() {
  if (!signal_->raised) {
    signal_->timer.expires_at(client_->waits_until());
    co_await signal_->timer.async_wait(asio::as_tuple(kUseTask));
  }
  signal_->raised = false;
}

}  // namespace quartz::server
