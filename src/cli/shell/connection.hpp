#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include "cli/shell/reply_tree.hpp"
#include "client/endpoint_url.hpp"
#include "client/strand.hpp"
#include "client/stream.hpp"
#include "protocol/resp_reply_parser.hpp"
#include "quartz/client/client_config.hpp"
#include "quartz/client/local_service.hpp"
#include "quartz/result.hpp"

namespace quartz::cli {

/// Where the commands of a shell go.
struct ShellTarget {
  std::string name = {};  ///< For people: "127.0.0.1:7379", or a directory.
  client::EndpointUrl endpoint = {};
  ClientTlsConfig tls = {};
  std::shared_ptr<LocalService> local = {};  ///< Not null: there, and no endpoint is looked at.
  std::chrono::milliseconds connect_timeout{5'000};
};

/// One connection to a server, or one session of a database in this process, by which everything
/// that the protocol has can be said and heard: a client shares its connections and so allows no
/// MONITOR, and expects an answer to each request. Made again after each end, when it is asked to.
///
/// What waits ends early with `cancelled` once a remembered signal has arrived (cli/signals.hpp);
/// the connection has ended then. So it has after `io_error`, which says why. Threads: one.
class ShellConnection {
 public:
  explicit ShellConnection(ShellTarget target);
  ShellConnection(const ShellConnection&) = delete;
  ShellConnection& operator=(const ShellConnection&) = delete;
  ~ShellConnection();

  /// Connects, says who it is, and asks for RESP3. `invalid_argument` if the server does not let
  /// this user in. With a server that wants to know first who it is, the connection is there all
  /// the same.
  Result<void> connect();
  /// As far as can be told without asking the server.
  bool connected();
  /// Whether the server has answered that it must know first who this is.
  bool is_nobody() const noexcept { return nobody_; }
  /// What is said from the next greeting on; empty: nothing.
  void authenticate_as(std::string user, std::string secret);
  /// Says so on the connection that there is, and asks for RESP3.
  Result<void> greet();

  /// Needs a connection.
  Result<void> send(const std::vector<std::string>& words);
  /// The next reply, or what the server says unasked. Needs a connection.
  Result<ReplyTree> receive();
  void close();

  const std::string& name() const noexcept { return target_.name; }

 private:
  struct Outcome;
  using Ended = std::shared_ptr<Outcome>;

  template <class Start>
  Result<Ended> wait_for(std::chrono::milliseconds timeout, Start start);
  Result<std::vector<boost::asio::ip::tcp::endpoint>> find_addresses();
  Result<void> open_socket();
  Error interrupted();
  Error lost(const std::string& reason);

  ShellTarget target_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  client::Strand strand_;
  std::shared_ptr<client::Stream> stream_;  // Null: not connected.
  std::shared_ptr<std::vector<char>> chunk_;
  std::string received_;
  std::size_t read_bytes_ = 0;  // Of those.
  protocol::RespReplyParser parser_;
  bool nobody_ = false;
};

}  // namespace quartz::cli
