#include "client/request.hpp"

#include <exception>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "client/completion.hpp"
#include "client/core.hpp"
#include "client/lent_connection.hpp"
#include "client/near_queries.hpp"
#include "client/reply_reader.hpp"
#include "client/traced_request.hpp"
#include "protocol/trace_parent.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;

// What a recycled request keeps of its memory.
constexpr std::size_t kKeptTextBytesMax = 64 * 1024;

template <class>
struct ValueOf;
template <class T>
struct ValueOf<Handler<T>> {
  using type = T;
};

// `make(T*)` makes the result; the request is another caller's before this one hears of it.
template <class Make, class Submit>
void complete(Request& request, Make make, Submit submit) {
  std::visit(
      [&](auto& stored) {
        using Stored = std::remove_cvref_t<decltype(stored)>;
        if constexpr (!std::is_same_v<Stored, std::monostate>) {
          using T = typename ValueOf<Stored>::type;
          ClientResult<T> result = make(std::type_identity<T>());
          Handler<T> handler(std::move(stored));
          const asio::any_completion_executor executor(std::move(request.executor));
          request.core.recycle(request);
          submit(executor, call_of<T>(std::move(handler), std::move(result)));
        }
      },
      request.handler);
}

template <class T>
ClientResult<T> read_for(const Request& request, Exchange::Reply reply) {
  if constexpr (std::is_same_v<T, bool>) {
    if (request.into != nullptr) return read_string(reply, *request.into);
  }
  return read_reply<T>(reply);
}

}  // namespace

std::string_view Request::text_for(const Connection& over) {
  if (!span) return text;
  const EndpointUrl& to = over.endpoint();
  span->attempt({.server_address = to.host, .server_port = to.port});
  const std::string_view traceparent = span->traceparent();
  if (!over.knows_traces() || !protocol::trace_id_of(traceparent)) return text;
  traced_text.clear();
  append_traced(traced_text, text, traceparent);
  return traced_text;
}

void Request::replied(Exchange::Reply reply) {
  if (--replies_missing == 0) return core.replied(*this, reply);
  const auto refusal = error_text(reply);
  if (refusal && queue_error.empty()) queue_error = *refusal;
}

void Request::failed(FailureKind kind) { core.lost(*this, kind); }

void Request::Deadline::due() { of.core.deadline_passed(of); }
void Request::Retry::due() { of.core.retry(of); }
void Request::Hedge::replied(Exchange::Reply reply) { of.core.hedge_replied(of, reply); }
void Request::Hedge::failed(FailureKind kind) { of.core.hedge_lost(of, kind); }
void Request::Hedge::Timer::due() { of.core.hedge(of); }
void Request::FetchWait::fetched(std::optional<std::string_view> value) {
  of.core.fetched(of, value);
}
void Request::FetchWait::failed() { of.core.fetch_failed(of); }

void Request::succeed(Exchange::Reply reply) {
  complete(
      *this, [&]<class T>(std::type_identity<T>) { return read_for<T>(*this, reply); },
      // On the client's own executor it is already.
      [&own = core.executor(), &strand = core.strand()](const auto& where, auto call) {
        if (where != own) return asio::dispatch(where, std::move(call));
        try {
          call();
        } catch (...) {
          // As an executor would: it is thrown out of `run`, but not through the connection, which
          // is in the midst of what was received.
          asio::post(strand,
                     [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
        }
      });
}

void Request::succeed_later(std::optional<std::string_view> value) {
  using protocol::RespType;
  const protocol::RespNode found = {.type = value ? RespType::bulk : RespType::null,
                                    .depth = 0,
                                    .children = 0,
                                    .text = value.value_or(std::string_view())};
  std::span<const protocol::RespNode> reply(&found, 1);
  std::vector<protocol::RespNode> nodes;
  if (near_subject == NearCache::Subject::reply) {
    nodes = read_stored_reply(found.text);
    reply = nodes;
  }
  const Strand& strand = core.strand();
  complete(
      *this, [&]<class T>(std::type_identity<T>) { return read_for<T>(*this, reply); },
      [&strand](const auto& where, auto call) { run_later(strand, where, std::move(call)); });
}

void Request::fail(ClientError error) {
  const Strand& strand = core.strand();
  complete(
      *this, [&]<class T>(std::type_identity<T>) { return ClientResult<T>(std::move(error)); },
      [&strand](const auto& where, auto call) { run_later(strand, where, std::move(call)); });
}

void Request::drop_memory() noexcept {
  std::string().swap(text);  // To assign would keep it.
  std::string().swap(traced_text);
  std::string().swap(near_text);
}

void Request::reset() noexcept {
  text.clear();
  if (kept_bytes() > kKeptTextBytesMax) drop_memory();
  handler.emplace<std::monostate>();
  executor = nullptr;
  into = nullptr;
  waits = false;
  writes = false;
  near_key.reset();
  near_subject = NearCache::Subject::value;
  ++generation;
  state = State::idle;
  admitted = false;
  queue_error.clear();
  endpoint = nullptr;
  connection = nullptr;
  hedge.endpoint = nullptr;
  hedge.connection = nullptr;
  hedge.one_is_unknown = false;
  span.reset();
  lent.reset();
  policy.reset();
}

}  // namespace quartz::client
