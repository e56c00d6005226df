#include "server/http/watch_routes.hpp"

#include <charconv>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "server/http/database_argument.hpp"
#include "server/http/problem.hpp"
#include "server/http/watch_stream.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kEvents = "text/event-stream";

}  // namespace

void WatchRoutes::add_to(RouteTable& table) {
  table.add(
      {.method = Method::get,
       .path = "/api/v1/watch",
       .name = "watch",
       .summary = "Changes of keys as they happen, as server-sent events. The header "
                  "Last-Event-ID goes on where another watch ended.",
       .scope = "kv:read",
       .parameters = {{.name = "prefix", .description = "Only keys that begin with it."},
                      {.name = "heartbeat",
                       .type = ParameterType::integer,
                       .description = "Seconds without an event until a sign of life; 15 if "
                                      "not given.",
                       .minimum = 1,
                       .maximum = 3600},
                      database_parameter()},
       .responses = {{.status = 200,
                      .description = "Events put, delete and delete_range, without end; "
                                     "reset if what was missed is not kept any more, overrun "
                                     "and the end for a client that is too slow.",
                      .forms = {{.content_type = kEvents, .schema = R"({"type":"string"})"}}}},
       .function = [this](Request& request) { return watch(request); }});
}

Task<Response> WatchRoutes::watch(const Request& request) {
  feed_.begin();
  WatchStream::Choice choice;
  choice.database = database_number(request);
  choice.prefix = request.arguments.text("prefix").value_or("");
  choice.heartbeat = std::chrono::seconds(request.arguments.number_or("heartbeat", 15));
  choice.after = service_.engine().sequence();
  if (request.has_header("Last-Event-ID")) {
    const std::string_view text = request.header("Last-Event-ID");
    std::uint64_t after = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), after);
    if (failure == std::errc::result_out_of_range) after = ~std::uint64_t{0};
    if (failure == std::errc::invalid_argument || end != text.data() + text.size()) {
      co_return problem_response(400, "Last-Event-ID is none that this server gave");
    }
    choice.resumed = true;
    // Of before the newest writes were lost, or of another database that was at this address.
    choice.is_ahead = after > choice.after;
    if (!choice.is_ahead) choice.after = after;
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  auto stream = std::make_shared<WatchStream>(executor, feed_, std::move(choice));
  stream->begin();
  Response response;
  response.content_type = kEvents;
  response.with("Cache-Control", "no-store");
  response.stream = std::move(stream);
  co_return response;
}

}  // namespace quartz::server
