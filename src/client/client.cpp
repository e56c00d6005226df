#include "quartz/client/client.hpp"

#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/start_thread.hpp"
#include "client/completion.hpp"
#include "client/core.hpp"
#include "client/forks.hpp"
#include "client/idempotency.hpp"
#include "client/launch.hpp"
#include "client/lender.hpp"
#include "client/subscriber.hpp"
#include "protocol/resp_request_writer.hpp"

namespace quartz {

namespace asio = boost::asio;

namespace client {
namespace {

Request& take(Core& core, std::span<const std::string_view> words) {
  Request& request = core.take();
  protocol::append_request(request.text, words);
  request.replies = 1;
  const CommandNature nature = nature_of(words);
  request.idempotent = is_idempotent(nature);
  request.writes = nature != CommandNature::reads;
  return request;
}

constexpr std::string_view kGet = "GET";

// What the command is to be asked of; null: of the server alone. Asked for once, since another
// thread may be closing the client; what it is lives as long as the core.
NearCache* near_cache_of(const Core& core, std::span<const std::string_view> words,
                         const RequestOptions& options) {
  const bool near =
      options.consistency == Consistency::near && words.size() == 2 && words[0] == kGet;
  return near ? core.near_cache() : nullptr;
}

// Nothing if the near cache does not know; or what it knows, that there is no value included.
std::optional<std::optional<std::string>> find_near(const Core& core,
                                                    std::span<const std::string_view> words,
                                                    const RequestOptions& options) {
  NearCache* const near_cache = near_cache_of(core, words, options);
  if (near_cache == nullptr) return std::nullopt;
  std::string value;
  switch (near_cache->find(words[1], Core::Clock::now(), value)) {
    case NearCache::Found::hit:
      return std::optional<std::string>(std::move(value));
    case NearCache::Found::absent:
      return std::optional<std::string>();
    default:
      return std::nullopt;
  }
}

// A read that goes to the server, and what it brings to the near cache.
Request& take_read(Core& core, std::span<const std::string_view> words,
                   const RequestOptions& options) {
  Request& request = take(core, words);
  if (near_cache_of(core, words, options) != nullptr) {
    // Its last word, before the end of the line.
    const std::string_view text = request.text;
    request.near_key = text.substr(text.size() - words[1].size() - 2, words[1].size());
  }
  return request;
}

// Tells the caller, not from within.
template <class T>
void tell_later(const Core& core, ClientResult<T> result, Handler<T> handler) {
  auto executor = executor_of(core.executor(), handler);
  run_later(core.strand(), std::move(executor), call_of<T>(std::move(handler), std::move(result)));
}

}  // namespace

template <class T>
void start(const std::shared_ptr<Core>& core, EncodedCommand command, const RequestOptions& options,
           Handler<T> handler) {
  if (core->is_of_another_process()) return tell_of_another_process<T>(std::move(handler));
  launch(core, take_request(*core, std::move(command)), options, std::move(handler));
}

template <class T>
void start(const std::shared_ptr<Core>& core, std::span<const std::string_view> words,
           const RequestOptions& options, Handler<T> handler) {
  if (core->is_of_another_process()) return tell_of_another_process<T>(std::move(handler));
  if constexpr (std::is_same_v<T, std::optional<std::string>>) {
    if (auto known = find_near(*core, words, options)) {
      return tell_later<T>(*core, *std::move(known), std::move(handler));
    }
    launch(core, take_read(*core, words, options), options, std::move(handler));
  } else {
    launch(core, take(*core, words), options, std::move(handler));
  }
}

void start_into(const std::shared_ptr<Core>& core, std::span<const std::string_view> words,
                const RequestOptions& options, std::string& into, Handler<bool> handler) {
  if (core->is_of_another_process()) return tell_of_another_process<bool>(std::move(handler));
  if (auto known = find_near(*core, words, options)) {
    const bool found = known->has_value();
    if (found) into = **std::move(known);
    return tell_later<bool>(*core, found, std::move(handler));
  }
  Request& request = take_read(*core, words, options);
  request.into = &into;
  launch(core, request, options, std::move(handler));
}

void start_subscription(const std::shared_ptr<Core>& core, SubscriptionConfig config,
                        const WaitOptions& options, Handler<Subscription> handler) {
  if (core->is_of_another_process())
    return tell_of_another_process<Subscription>(std::move(handler));
  const auto subscriber = std::make_shared<Subscriber>(*core, std::move(config));
  subscriber->begin(core, options, std::move(handler));
}

void start_lease(const std::shared_ptr<Core>& core, const WaitOptions& options,
                 Handler<Lease> handler) {
  if (core->is_of_another_process()) return tell_of_another_process<Lease>(std::move(handler));
  core->lender().begin(core, options, std::move(handler));
}

// Those of commands.
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<void>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<bool>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<std::int64_t>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<std::optional<std::int64_t>>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<double>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<std::optional<double>>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<std::string>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<std::optional<std::string>>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<std::vector<std::string>>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&,
                                  Handler<std::vector<std::optional<std::string>>>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<NamedValues>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<std::vector<ScoredMember>>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<TimeToLive>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<Reply>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, EncodedCommand,
                                  const RequestOptions&, Handler<std::vector<Reply>>);
// Those that the client's members say in words.
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, std::span<const std::string_view>,
                                  const RequestOptions&, Handler<bool>);
template QUARTZ_EXPORT void start(const std::shared_ptr<Core>&, std::span<const std::string_view>,
                                  const RequestOptions&, Handler<std::optional<std::string>>);

}  // namespace client

class Client::OwnThread {
 public:
  OwnThread()
      : work_(context_.get_executor()),
        thread_(named_thread("quartz:client", [this] { context_.run(); })) {}
  ~OwnThread() {
    work_.reset();
    thread_.join();
  }

  asio::any_io_executor executor() { return context_.get_executor(); }

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

Client::Client(executor_type executor, ClientConfig config)
    : core_(std::make_shared<client::Core>(std::move(executor), std::move(config))) {}

Client::Client(ClientConfig config)
    : thread_(std::make_unique<OwnThread>()),
      core_(std::make_shared<client::Core>(thread_->executor(), std::move(config))) {}

Client::Client(Client&&) noexcept = default;

Client& Client::operator=(Client&& other) noexcept {
  if (this == &other) return *this;
  let_go();
  thread_ = std::move(other.thread_);
  core_ = std::move(other.core_);
  return *this;
}

Client::~Client() { let_go(); }

void Client::let_go() noexcept {
  if (core_ && core_->is_of_another_process()) {
    client::keep_for_parent(std::move(core_));
    client::keep_for_parent(std::shared_ptr<OwnThread>(std::move(thread_)));
    return;
  }
  if (core_) close();
  core_.reset();
  thread_.reset();
}

void Client::close() {
  if (core_->is_of_another_process()) return;
  // Not at once: an answer may be telling of itself, whose connection needs the core behind it.
  core_->announce_close();
  asio::post(core_->strand(), [core = core_] { core->close(); });
}

Client::executor_type Client::get_executor() const noexcept {
  return core_->strand().get_inner_executor().get();
}

ClientMetrics Client::metrics() const { return core_->metrics(); }

std::string Client::metrics_text() const { return core_->metrics_text(); }

std::optional<ClientError> Client::refuse_to_block() const {
  if (core_->is_of_another_process()) return client::of_another_process();
  if (!core_->strand().running_in_this_thread()) return std::nullopt;
  return ClientError(ClientErrc::invalid_argument,
                     "a blocking call on the thread that would have to answer it");
}

ClientResult<std::vector<Reply>> Client::exec(const Batch& batch, RequestOptions options) {
  return wait_for<std::vector<Reply>>([&](auto handler) {
    client::start<std::vector<Reply>>(core_, batch.encoded(), options, std::move(handler));
  });
}

ClientResult<Subscription> Client::subscribe(SubscriptionConfig config, WaitOptions options) {
  return wait_for<Subscription>([&](auto handler) {
    client::start_subscription(core_, std::move(config), options, std::move(handler));
  });
}

ClientResult<Lease> Client::lease(WaitOptions options) {
  return wait_for<Lease>(
      [&](auto handler) { client::start_lease(core_, options, std::move(handler)); });
}

ClientResult<std::optional<std::string>> Client::get(std::string_view key, RequestOptions options) {
  if (core_->is_of_another_process()) return client::of_another_process();
  const std::string_view words[] = {"GET", key};
  if (auto known = client::find_near(*core_, words, options)) return *std::move(known);
  return wait_for<std::optional<std::string>>([&](auto handler) {
    client::start<std::optional<std::string>>(core_, words, options, std::move(handler));
  });
}

}  // namespace quartz
