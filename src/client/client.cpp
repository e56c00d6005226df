#include "quartz/client/client.hpp"

#include <thread>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include "client/core.hpp"
#include "client/idempotency.hpp"
#include "protocol/resp_request_writer.hpp"

namespace quartz {

namespace asio = boost::asio;

namespace client {
namespace {

// Where the handler wants to be called. Its context must not run out of work before; the client's
// own does not, for it has the connection.
template <class T>
asio::any_completion_executor executor_of(const Core& core, const Handler<T>& handler) {
  const auto executor = asio::get_associated_executor(handler, core.executor());
  if (executor == core.executor()) return core.executor();
  return asio::prefer(executor, asio::execution::outstanding_work.tracked);
}

template <class T>
void listen_to_cancellation(const std::shared_ptr<Core>& core, Request& request,
                            const Handler<T>& handler) {
  auto slot = handler.get_cancellation_slot();
  if (!slot.is_connected()) return;
  slot.assign([weak = std::weak_ptr<Core>(core), &request,
               generation = request.generation](asio::cancellation_type type) {
    // The third kind promises that nothing has happened, which nobody can.
    constexpr auto kHeard = asio::cancellation_type::terminal | asio::cancellation_type::partial;
    const auto alive = weak.lock();
    if (!alive || (type & kHeard) == asio::cancellation_type::none) return;
    asio::post(alive->strand(),
               [alive, &request, generation] { alive->cancel(request, generation); });
  });
}

template <class T>
void launch(const std::shared_ptr<Core>& core, Request& request, const RequestOptions& options,
            Handler<T> handler) {
  request.deadline = core->deadline_of(options);
  if (options.idempotency != Idempotency::by_command) {
    request.idempotent = options.idempotency == Idempotency::yes;
  }
  request.executor = executor_of(*core, handler);
  listen_to_cancellation(core, request, handler);
  request.handler.template emplace<Handler<T>>(std::move(handler));
  // What a handler begins is on the strand already, most of the time.
  if (core->strand().running_in_this_thread()) return core->begin(request);
  asio::dispatch(core->strand(), [core, &request] { core->begin(request); });
}

Request& take(Core& core, std::span<const std::string_view> words) {
  Request& request = core.take();
  protocol::append_request(request.text, words);
  request.replies = 1;
  request.idempotent = is_idempotent(nature_of(words));
  return request;
}

}  // namespace

template <class T>
void start(const std::shared_ptr<Core>& core, EncodedCommand command, const RequestOptions& options,
           Handler<T> handler) {
  Request& request = core->take();
  request.text = std::move(command.request);
  request.replies = command.replies;
  request.idempotent = command.idempotent;
  launch(core, request, options, std::move(handler));
}

template <class T>
void start(const std::shared_ptr<Core>& core, std::span<const std::string_view> words,
           const RequestOptions& options, Handler<T> handler) {
  launch(core, take(*core, words), options, std::move(handler));
}

void start_into(const std::shared_ptr<Core>& core, std::span<const std::string_view> words,
                const RequestOptions& options, std::string& into, Handler<bool> handler) {
  Request& request = take(*core, words);
  request.into = &into;
  launch(core, request, options, std::move(handler));
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
  OwnThread() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}
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
  if (core_) close();
  core_.reset();
  thread_.reset();
}

void Client::close() {
  // Not at once: an answer may be telling of itself, whose connection needs the core behind it.
  asio::post(core_->strand(), [core = core_] { core->close(); });
}

Client::executor_type Client::get_executor() const noexcept {
  return core_->strand().get_inner_executor().get();
}

std::optional<ClientError> Client::refuse_to_block() const {
  if (!core_->strand().running_in_this_thread()) return std::nullopt;
  return ClientError(ClientErrc::invalid_argument,
                     "a blocking call on the thread that would have to answer it");
}

ClientResult<std::vector<Reply>> Client::exec(const Batch& batch, RequestOptions options) {
  return wait_for<std::vector<Reply>>([&](auto handler) {
    client::start<std::vector<Reply>>(core_, batch.encoded(), options, std::move(handler));
  });
}

ClientResult<std::optional<std::string>> Client::get(std::string_view key, RequestOptions options) {
  return wait_for<std::optional<std::string>>([&](auto handler) {
    const std::string_view words[] = {"GET", key};
    client::start<std::optional<std::string>>(core_, words, options, std::move(handler));
  });
}

}  // namespace quartz
