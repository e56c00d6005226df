#include "support/fault_proxy.hpp"

#include <future>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "support/fault_connection.hpp"

namespace quartz {

using boost::asio::ip::tcp;
using boost::system::error_code;

ConnectionFaults ConnectionFaults::black_hole() {
  return {.to_target = {.swallow = true}, .to_client = {.swallow = true}};
}

ConnectionFaults ConnectionFaults::any(Random& random) {
  constexpr std::uint64_t kFirstBytes = 4096;
  ConnectionFaults faults;
  StreamFaults& stream = random.one_in(2) ? faults.to_target : faults.to_client;
  switch (random.below(8)) {
    case 0:
      stream.end_after = random.below(kFirstBytes);
      stream.end = StreamEnd::reset;
      break;
    case 1:
      stream.end_after = random.below(kFirstBytes);
      stream.end = StreamEnd::close;
      break;
    case 2:
      stream.end_after = random.below(kFirstBytes);
      stream.end = StreamEnd::half_close;
      break;
    case 3:
      stream.latency = std::chrono::milliseconds(random.below(20));
      stream.jitter = std::chrono::milliseconds(random.below(20));
      break;
    case 4:
      stream.bytes_per_second = 1 + random.below(std::uint64_t{1} << 20);
      break;
    case 5:
      faults = black_hole();
      break;
    default:
      break;
  }
  return faults;
}

/// What the proxy's thread works on, and nobody else but through `on_thread`.
class FaultProxy::Core {
 public:
  Core(std::uint16_t target_port, std::uint64_t seed) : target_port_(target_port), seeds_(seed) {
    bind(0);
    port_ = acceptor_.local_endpoint().port();
    listen();
    thread_ = std::thread([this] { context_.run(); });
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() {
    context_.stop();
    thread_.join();
  }

  template <class Action>
  void on_thread(Action&& action) {
    std::promise<void> promise;
    const std::future<void> done = promise.get_future();
    boost::asio::post(context_, [&action, promise = std::move(promise)]() mutable {
      action();
      promise.set_value();
    });
    done.wait();
  }

  void bind(std::uint16_t port) {
    acceptor_.open(tcp::v4());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind({boost::asio::ip::address_v4::loopback(), port});
  }
  void listen() {
    acceptor_.listen();
    listening_ = true;
    accept();
  }
  void refuse() {
    if (!std::exchange(listening_, false)) return;
    acceptor_.close();
    bind(port_);  // Without listening: nobody else can have the port meanwhile.
  }
  void set_faults(const ConnectionFaults& faults) {
    script_ = [faults](std::uint64_t /*connection*/, Random& /*random*/) { return faults; };
    for_each([&](FaultConnection& connection) { connection.set_faults(faults); });
  }
  template <class Visit>
  void for_each(Visit&& visit) {
    const auto open = connections_;  // Which ends one may find another one over.
    for (const auto& connection : open) {
      if (!connection->over()) visit(*connection);
    }
  }

  std::uint16_t port() const noexcept { return port_; }
  bool is_listening() const noexcept { return listening_; }
  FaultTally& tally() noexcept { return tally_; }
  void set_script(Script script) { script_ = std::move(script); }
  void set_target(std::uint16_t port) { target_port_ = port; }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code failure, tcp::socket client) {
      if (failure == boost::asio::error::operation_aborted) return;
      if (!failure) begin(std::move(client));
      if (listening_) accept();
    });
  }

  void begin(tcp::socket client) {
    std::erase_if(connections_, [](const auto& connection) { return connection->over(); });
    Random random(seeds_.next());
    const ConnectionFaults faults =
        script_ ? script_(connection_count_, random) : ConnectionFaults();
    ++connection_count_;
    const auto connection =
        std::make_shared<FaultConnection>(std::move(client), faults, random.next(), tally_);
    connections_.push_back(connection);
    connection->start(target_port_);
  }

  FaultTally tally_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  tcp::acceptor acceptor_{context_};
  bool listening_ = false;
  std::uint16_t port_ = 0;
  std::uint16_t target_port_;
  Random seeds_;  // One of each connection.
  Script script_;
  std::uint64_t connection_count_ = 0;
  std::vector<std::shared_ptr<FaultConnection>> connections_;
  std::thread thread_;
};

FaultProxy::FaultProxy(std::uint16_t target_port, std::uint64_t seed)
    : core_(std::make_unique<Core>(target_port, seed)) {}

FaultProxy::~FaultProxy() = default;

std::uint16_t FaultProxy::port() const noexcept { return core_->port(); }

void FaultProxy::set_faults(const ConnectionFaults& faults) {
  core_->on_thread([&] { core_->set_faults(faults); });
}

void FaultProxy::set_script(Script script) {
  core_->on_thread([&] { core_->set_script(std::move(script)); });
}

void FaultProxy::set_target(std::uint16_t port) {
  core_->on_thread([&] { core_->set_target(port); });
}

void FaultProxy::refuse_connections() {
  core_->on_thread([&] { core_->refuse(); });
}

void FaultProxy::end_all(StreamEnd how) {
  core_->on_thread(
      [&] { core_->for_each([how](FaultConnection& connection) { connection.end(how); }); });
}

void FaultProxy::heal() {
  core_->on_thread([&] {
    core_->set_faults({});
    if (!core_->is_listening()) core_->listen();
  });
}

FaultCounts FaultProxy::counts() const { return core_->tally().counts(); }

bool FaultProxy::wait_until(const std::function<bool(const FaultCounts&)>& reached) const {
  return core_->tally().wait_until(reached);
}

}  // namespace quartz
