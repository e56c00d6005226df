#include "quartz/client/lease.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/system_executor.hpp>

#include "client/commands/words.hpp"
#include "client/completion.hpp"
#include "client/core.hpp"
#include "client/forks.hpp"
#include "client/launch.hpp"
#include "client/lent_connection.hpp"

namespace quartz {
namespace client {
namespace {

ClientError lease_is_over() { return {ClientErrc::closed, "the lease or its client was closed"}; }

}  // namespace

template <class T>
void start_leased(const LeaseTicket& ticket, EncodedCommand command, RequestOptions options,
                  Handler<T> handler) {
  const auto core = ticket.core.lock();
  if (!core || !ticket.connection) {
    // Nothing of the client is left that could tell.
    const boost::asio::system_executor own;
    auto where = executor_of<T>(own, handler);
    return run_later(own, std::move(where), call_of<T>(std::move(handler), lease_is_over()));
  }
  if (core->is_of_another_process()) return tell_of_another_process<T>(std::move(handler));
  if (command.waits && !options.timeout) options.timeout = core->timeout_beyond(*command.waits);
  const bool waits = command.waits.has_value();
  Request& request = take_request(*core, std::move(command));
  request.waits = waits;
  request.lent = ticket.connection;
  request.lease_number = ticket.number;
  launch(core, request, options, std::move(handler));
}

const char* obstacle_to_waiting(const LeaseTicket& ticket) noexcept {
  const auto core = ticket.core.lock();
  // A thread that has forked is another one in the child, which does not wait.
  return core && !core->is_of_another_process() && core->strand().running_in_this_thread()
             ? "a blocking call on the thread that would have to answer it"
             : nullptr;
}

EncodedCommand watch_command(const Names& keys) { return encode(words_of({"WATCH"}, keys)); }

template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<void>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<bool>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::int64_t>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::optional<std::int64_t>>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<double>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::optional<double>>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::string>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::optional<std::string>>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::vector<std::string>>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::vector<std::optional<std::string>>>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<NamedValues>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::vector<ScoredMember>>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<TimeToLive>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<Reply>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::vector<Reply>>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::optional<PoppedElement>>);
template QUARTZ_EXPORT void start_leased(const LeaseTicket&, EncodedCommand, RequestOptions,
                                         Handler<std::optional<PoppedMember>>);

}  // namespace client

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  ticket_ = std::move(other.ticket_);
  return *this;
}

Lease::~Lease() { give_back(); }

void Lease::give_back() {
  const auto connection = std::exchange(ticket_.connection, nullptr);
  if (!connection) return;
  const auto core = ticket_.core.lock();
  if (core && !core->is_of_another_process()) {
    boost::asio::post(core->strand(), [core, connection, number = ticket_.number] {
      core->lender().give_back(*connection, number);
    });
  }
}

}  // namespace quartz
