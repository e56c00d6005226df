#pragma once

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/transport/connection.hpp"

namespace quartz::server {

/// A connection of the Redis protocol: reads, lets its client answer, and writes; what the client
/// is sent unasked goes between two replies. Belongs to the connection's executor.
class RespSession : public std::enable_shared_from_this<RespSession> {
 public:
  RespSession(std::shared_ptr<Connection> connection, RespServer& server);

  boost::asio::awaitable<void> run();

 private:
  void begin();
  boost::asio::awaitable<bool> read_more();
  boost::asio::awaitable<bool> answer_all();
  boost::asio::awaitable<bool> flush();
  void push(std::string bytes);
  ClientWire wire();

  std::shared_ptr<Connection> connection_;
  RespServer& server_;
  std::shared_ptr<RespClient> client_;
  std::string input_;      // Of which the first bytes were answered.
  std::size_t begin_ = 0;  // Where the others begin,
  std::size_t end_ = 0;    // and where they end; behind them is room.
  std::string output_;
  std::string sending_;
  bool writing_ = false;
  bool broken_ = false;  // Nothing can be written any more.
  boost::asio::steady_timer written_;
};

}  // namespace quartz::server
