#include "server/http/collection_access.hpp"

#include <optional>
#include <utility>

#include "server/http/problem.hpp"

namespace quartz::server {

RouteParameter collection_parameter() {
  return {.name = "collection",
          .place = ParameterPlace::path,
          .description = "Name of the collection: letters, digits, dots, underscores, hyphens.",
          .maximum = kCollectionNameBytesMax};
}

std::string_view collection_name(const Request& request) {
  return *request.arguments.text("collection");
}

Task<Response> CollectionAccess::run(const Request& request, Where where, Work work) {
  const std::string_view name = collection_name(request);
  if (where == Where::here) {
    std::optional<VectorCollection> collection = collections_.opened(name);
    if (collection) co_return finish(name, work(*collection));
  }
  Response response = co_await workers_.run([&] { return open_and_run(name, work); });
  co_return response;
}

Response CollectionAccess::open_and_run(std::string_view name, const Work& work) {
  auto collection = collections_.open(name);
  if (!collection) {
    if (collection.error().code() != Errc::not_found) return problem_response(collection.error());
    return problem_response(404, "there is no such collection");
  }
  return finish(name, work(*collection));
}

Response CollectionAccess::finish(std::string_view name, Result<Response> done) {
  if (done) return *std::move(done);
  // Dropped by somebody else, unless it is the engine that is closed.
  if (done.error().code() == Errc::closed) collections_.forget(name);
  const bool open = done.error().code() == Errc::io_error;
  return problem_response(done.error(), open ? Executed::unknown : Executed::no);
}

}  // namespace quartz::server
