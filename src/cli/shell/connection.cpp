#include "cli/shell/connection.hpp"

#include <sys/socket.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/signals.hpp"
#include "client/tls_context.hpp"
#include "protocol/resp_request_writer.hpp"

namespace quartz::cli {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr std::chrono::milliseconds kNoTimeout{0};

bool is_end(const error_code& error) noexcept {
  return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

}  // namespace

// How something ended that was waited for. Shared with it, for it may be given up before.
struct ShellConnection::Outcome {
  bool ended = false;
  error_code error = {};
  std::size_t bytes = 0;
  std::vector<tcp::endpoint> addresses = {};

  void end(const error_code& with, std::size_t count = 0) {
    ended = true;
    error = with;
    bytes = count;
  }
};

ShellConnection::ShellConnection(ShellTarget target)
    : target_(std::move(target)),
      work_(context_.get_executor()),
      strand_(client::OwnersExecutor(asio::any_io_executor(context_.get_executor()))),
      chunk_(std::make_shared<std::vector<char>>(kChunkBytes)) {}

ShellConnection::~ShellConnection() {
  close();
  context_.poll();
}

// Runs `start`, which tells the outcome, and everything else until that has ended.
template <class Start>
Result<ShellConnection::Ended> ShellConnection::wait_for(std::chrono::milliseconds timeout,
                                                         Start start) {
  auto outcome = std::make_shared<Outcome>();
  const auto stopped = std::make_shared<bool>(false);
  const auto timed_out = std::make_shared<bool>(false);
  asio::posix::stream_descriptor signals(context_);
  if (const int descriptor = interruption_descriptor(); descriptor >= 0) {
    signals.assign(descriptor);
    signals.async_wait(asio::posix::stream_descriptor::wait_read,
                       [stopped](const error_code& error) { *stopped = !error; });
  }
  asio::steady_timer timer(context_);
  if (timeout != kNoTimeout) {
    timer.expires_after(timeout);
    timer.async_wait([timed_out](const error_code& error) { *timed_out = !error; });
  }
  start(outcome);
  while (!outcome->ended && !*stopped && !*timed_out) context_.run_one();
  if (signals.is_open()) signals.release();  // It belongs to whoever remembers the signals.
  if (outcome->ended) return outcome;
  if (*stopped) return interrupted();
  return lost(fmt::format("no answer within {} ms", timeout.count()));
}

Result<std::vector<tcp::endpoint>> ShellConnection::find_addresses() {
  error_code not_an_address;
  const auto address = asio::ip::make_address(target_.endpoint.host, not_an_address);
  if (!not_an_address) return std::vector<tcp::endpoint>{{address, target_.endpoint.port}};
  const auto resolver = std::make_shared<tcp::resolver>(context_);
  QUARTZ_ASSIGN(const Ended found, wait_for(target_.connect_timeout, [&](const Ended& outcome) {
                  resolver->async_resolve(
                      target_.endpoint.host, fmt::format("{}", target_.endpoint.port),
                      tcp::resolver::numeric_service,
                      [outcome, resolver](const error_code& error, const auto& results) {
                        for (const auto& each : results) {
                          outcome->addresses.push_back(each.endpoint());
                        }
                        outcome->end(error);
                      });
                }));
  if (found->error) return lost(found->error.message());
  return found->addresses;
}

Result<void> ShellConnection::open_socket() {
  QUARTZ_ASSIGN(const auto addresses, find_addresses());
  std::shared_ptr<asio::ssl::context> tls;
  if (target_.endpoint.encrypted) {
    auto made = client::make_tls_context(target_.tls);
    if (!made) return Error(Errc::invalid_argument, made.error().message());
    tls = *made;
  }
  stream_ = std::make_shared<client::Stream>(strand_, std::move(tls));
  const auto stream = stream_;
  QUARTZ_ASSIGN(const Ended connected, wait_for(target_.connect_timeout, [&](const Ended& outcome) {
                  asio::async_connect(
                      stream->socket(), addresses,
                      [outcome, stream](const error_code& error, const tcp::endpoint&) {
                        outcome->end(error);
                      });
                }));
  if (connected->error) return lost(connected->error.message());
  stream->configure({});
  if (!stream->encrypted()) return {};
  QUARTZ_ASSIGN(const Ended encrypted, wait_for(target_.connect_timeout, [&](const Ended& outcome) {
                  stream->async_handshake(
                      target_.endpoint.host, target_.tls.proof,
                      [outcome, stream](const error_code& error) { outcome->end(error); });
                }));
  if (!encrypted->error) return {};
  const std::string distrust = stream->reason_for_distrust();
  return lost("TLS: " + encrypted->error.message() + (distrust.empty() ? "" : ": " + distrust));
}

Result<void> ShellConnection::connect() {
  close();
  if (target_.local) {
    stream_ = std::make_shared<client::Stream>(strand_, client::Stream::Local());
    if (!stream_->open_session(*target_.local)) return lost("the database is closed");
  } else {
    QUARTZ_TRY(open_socket());
  }
  return greet();
}

bool ShellConnection::connected() {
  if (!stream_) return false;
  context_.poll();  // What a database in this process had to say meanwhile.
  if (target_.local) return true;
  char next = 0;
  const auto seen = ::recv(stream_->socket().native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
  if (seen != 0) return true;  // Something was said, or nothing yet.
  close();
  return false;
}

void ShellConnection::authenticate_as(std::string user, std::string secret) {
  target_.endpoint.user = std::move(user);
  target_.endpoint.secret = std::move(secret);
}

Result<void> ShellConnection::greet() {
  constexpr std::string_view kWhoAreYou = "NOAUTH";
  std::vector<std::string> words = {"HELLO", "3"};
  if (!target_.endpoint.secret.empty()) {
    const std::string& user = target_.endpoint.user;
    words.insert(words.end(), {"AUTH", user.empty() ? "default" : user, target_.endpoint.secret});
  }
  QUARTZ_TRY(send(words));
  QUARTZ_ASSIGN(const ReplyTree reply, receive());
  nobody_ = reply.is_error() && reply.text.starts_with(kWhoAreYou);
  if (!reply.is_error() || nobody_) return {};
  close();
  return Error(Errc::invalid_argument, fmt::format("{}: {}", target_.name, reply.text));
}

Result<void> ShellConnection::send(const std::vector<std::string>& words) {
  const auto bytes = std::make_shared<std::string>();
  protocol::append_request(*bytes, words);
  error_code error;
  const std::size_t taken = stream_->write_some(*bytes, error);
  if (error) return lost(error.message());
  if (taken == bytes->size()) return {};
  QUARTZ_ASSIGN(const Ended written, wait_for(kNoTimeout, [&](const Ended& outcome) {
                  stream_->async_write(
                      std::string_view(*bytes).substr(taken),
                      [outcome, bytes, stream = stream_](const error_code& failure, std::size_t) {
                        outcome->end(failure);
                      });
                }));
  if (written->error) return lost(written->error.message());
  return {};
}

Result<ReplyTree> ShellConnection::receive() {
  using Progress = protocol::RespReplyParser::Progress;
  while (true) {
    // Whoever is told so much that there always is something to read is to be stopped, too.
    if (interruption_descriptor() >= 0 && interruption()) return interrupted();
    const std::string_view rest = std::string_view(received_).substr(read_bytes_);
    const Progress progress = rest.empty() ? Progress::incomplete : parser_.advance(rest);
    if (progress == Progress::refused) {
      return lost("the server does not speak the protocol: " + parser_.refusal());
    }
    if (progress == Progress::complete) {
      ReplyTree reply = tree_of(parser_.nodes());
      read_bytes_ += parser_.consumed();
      return reply;
    }
    QUARTZ_ASSIGN(const Ended read, wait_for(kNoTimeout, [&](const Ended& outcome) {
                    stream_->async_read_some(asio::buffer(*chunk_),
                                             [outcome, chunk = chunk_, stream = stream_](
                                                 const error_code& error, std::size_t count) {
                                               outcome->end(error, count);
                                             });
                  }));
    if (is_end(read->error)) return lost("the server has ended the connection");
    if (read->error) return lost(read->error.message());
    received_.erase(0, std::exchange(read_bytes_, 0));
    received_.append(chunk_->data(), read->bytes);
  }
}

void ShellConnection::close() {
  received_.clear();
  read_bytes_ = 0;
  parser_ = protocol::RespReplyParser();
  nobody_ = false;
  if (stream_) std::exchange(stream_, nullptr)->close();
}

Error ShellConnection::interrupted() {
  close();
  return {Errc::cancelled, "interrupted"};
}

Error ShellConnection::lost(const std::string& reason) {
  close();
  return {Errc::io_error, fmt::format("{}: {}", target_.name, reason)};
}

}  // namespace quartz::cli
