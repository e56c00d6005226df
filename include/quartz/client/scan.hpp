#pragma once

// Everything a server holds, page by page:
//
//   auto keys = quartz::scan(client, {.prefix = "user:"});
//   for (;;) {
//     const auto page = co_await keys.async_next(boost::asio::use_awaitable);
//     if (!page || !*page) break;             // A failure, or the end.
//     for (const std::string& key : **page) use(key);
//   }
//
// As the server's SCAN has it: what is there from the beginning to the end is met, once or several
// times; what comes or goes meanwhile may be met or not. Nothing is kept on a connection, so that a
// scan goes on over another one. Its cursor is a server's own: a client of several endpoints cannot
// scan, unless they know each other's.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>

#include "quartz/client/client.hpp"
#include "quartz/client/client_result.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/client/completion.hpp"
#include "quartz/client/request_options.hpp"
#include "quartz/export.hpp"

namespace quartz {

/// What a scan meets.
struct ScanConfig {
  std::string prefix = {};  ///< Names that begin with this, byte by byte. Not with `match`.
  std::string match = {};   ///< Names of this pattern: "user:*:name". Empty: all.
  /// How many the server looks at for a page, more or less. 0: as many as it likes.
  std::uint32_t count = 0;
  std::string type = {};  ///< Of keys only: those that hold this, as `commands::type` names it.
};

/// A page of a scan; there may be nothing on it. None: the scan has come to its end.
template <class Element>
using ScanPage = std::optional<std::vector<Element>>;

namespace client {

/// Where a scan stands.
class ScanPlace;

/// Behind `ClientScan::async_next`.
template <class Element>
QUARTZ_EXPORT void start_page(
    Client& client, const std::shared_ptr<ScanPlace>& place, const RequestOptions& options,
    boost::asio::any_completion_handler<void(ClientResult<ScanPage<Element>>)> handler);
/// The same, waiting for it.
template <class Element>
QUARTZ_EXPORT ClientResult<ScanPage<Element>> wait_for_page(Client& client, ScanPlace& place,
                                                            const RequestOptions& options);

}  // namespace client

/// See the head of this file. Made by the functions below. `Element`: `std::string`,
/// `std::pair<std::string, std::string>` or `ScoredMember`.
///
/// Threads: one call at a time, and one page at a time; others fail with `invalid_argument`. The
/// client outlives the calls and stays where it is; the scan may go while a page is under way.
template <class Element>
class ClientScan {
 public:
  /// The next page, by one request; `void(ClientResult<ScanPage<Element>>)`. After a failure the
  /// same page is asked for again.
  template <class CompletionToken>
  auto async_next(RequestOptions options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(ClientResult<ScanPage<Element>>)>(
        [](auto handler, Client* with, std::shared_ptr<client::ScanPlace> place,
           RequestOptions how) {
          client::start_page<Element>(*with, place, how,
                                      client::erase_type<ScanPage<Element>>(std::move(handler)));
        },
        token, client_, place_, options);
  }
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_next(CompletionToken&& token) {
    return async_next(RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// The same, as the client's blocking calls.
  ClientResult<ScanPage<Element>> next(RequestOptions options = {}) {
    return client::wait_for_page<Element>(*client_, *place_, options);
  }

  /// Of the client and where it begins.
  ClientScan(Client& client, std::shared_ptr<client::ScanPlace> place)
      : client_(&client), place_(std::move(place)) {}

 private:
  Client* client_;
  std::shared_ptr<client::ScanPlace> place_;
};

/// All keys.
QUARTZ_EXPORT ClientScan<std::string> scan(Client& client, const ScanConfig& config = {});
/// The fields of a hash, with what they hold; `prefix` and `match` are of fields.
QUARTZ_EXPORT ClientScan<std::pair<std::string, std::string>> hscan(Client& client,
                                                                    std::string_view key,
                                                                    const ScanConfig& config = {});
/// The members of a set.
QUARTZ_EXPORT ClientScan<std::string> sscan(Client& client, std::string_view key,
                                            const ScanConfig& config = {});
/// The members of a sorted set, in no order.
QUARTZ_EXPORT ClientScan<ScoredMember> zscan(Client& client, std::string_view key,
                                             const ScanConfig& config = {});

}  // namespace quartz
