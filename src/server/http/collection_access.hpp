#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "server/http/request.hpp"
#include "server/http/response.hpp"
#include "server/http/route.hpp"
#include "server/service/collections.hpp"
#include "server/transport/task.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

/// The `{collection}` of a path.
RouteParameter collection_parameter();
std::string_view collection_name(const Request& request);

/// What routes do with the collection that a request names. Threads: any.
class CollectionAccess {
 public:
  /// Both outlive this.
  CollectionAccess(Collections& collections, WorkerThreads& workers) noexcept
      : collections_(collections), workers_(workers) {}

  using Work = std::function<Result<Response>(VectorCollection& collection)>;
  enum class Where : std::uint8_t {
    here,    ///< On the io thread, if the collection is open: microseconds.
    worker,  ///< Where it may wait.
  };
  /// Runs `work`; 404 if there is no such collection, problems for its errors.
  Task<Response> run(const Request& request, Where where, Work work);

  Collections& collections() noexcept { return collections_; }
  WorkerThreads& workers() noexcept { return workers_; }

 private:
  Response open_and_run(std::string_view name, const Work& work);
  Response finish(std::string_view name, Result<Response> done);

  Collections& collections_;
  WorkerThreads& workers_;
};

}  // namespace quartz::server
