#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "client/completion.hpp"
#include "client/core.hpp"
#include "client/near_cache_writes.hpp"
#include "client/near_queries.hpp"
#include "client/operations.hpp"
#include "client/request.hpp"
#include "quartz/client/command.hpp"
#include "quartz/client/request_options.hpp"

namespace quartz::client {

/// A request of the core for that command. Threads: any.
inline Request& take_request(Core& core, EncodedCommand command) {
  Request& request = core.take();
  request.text = std::move(command.request);
  request.replies = command.replies;
  request.idempotent = command.idempotent;
  request.writes = command.nature != CommandNature::reads;
  return request;
}

/// Begins a request that was filled in, as its options say. Threads: any.
template <class T>
void launch(const std::shared_ptr<Core>& core, Request& request, const RequestOptions& options,
            Handler<T> handler) {
  request.begun_at = Core::Clock::now();
  request.deadline = core->deadline_of(options, request.begun_at);
  if (options.idempotency != Idempotency::by_command) {
    request.idempotent = options.idempotency != Idempotency::no;
  }
  // Whoever reads from now on, even before it was sent, is not to be told what was before.
  NearCache* const near_cache = core->near_cache();
  if (near_cache != nullptr && request.writes) invalidate_written(*near_cache, request.text);
  if (near_cache != nullptr && !request.writes && options.consistency == Consistency::near) {
    read_query_near(*near_cache, request);
  }
  if (request.writes && options.idempotency == Idempotency::by_key) {
    core->once_keys().give(request.text);
  }
  if (ClientTracer* const tracer = core->tracer()) {
    constexpr std::uint32_t kAround = 2;  // MULTI and EXEC.
    request.span = tracer->begin(
        {.db_operation_name = operation_names()[operation_of(request.text)],
         .db_operation_batch_size = request.replies > 1 ? request.replies - kAround : 0});
  }
  request.executor = executor_of(core->executor(), handler);
  listen_to_cancellation(
      handler, [weak = std::weak_ptr<Core>(core), &request, generation = request.generation] {
        const auto alive = weak.lock();
        if (!alive) return;
        boost::asio::post(alive->strand(),
                          [alive, &request, generation] { alive->cancel(request, generation); });
      });
  request.handler.template emplace<Handler<T>>(std::move(handler));
  // What a handler begins is on the strand already, most of the time.
  if (core->strand().running_in_this_thread()) return core->begin(request, request.begun_at);
  boost::asio::dispatch(core->strand(),
                        [core, &request] { core->begin(request, Core::Clock::now()); });
}

}  // namespace quartz::client
