#pragma once

#include <memory>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/transport/buffer_budget.hpp"
#include "server/transport/connection.hpp"
#include "server/transport/current_limits.hpp"
#include "server/transport/server_log.hpp"
#include "server/transport/task.hpp"
#include "server/transport/turn_end.hpp"

namespace quartz::server {

/// What sessions of the Redis protocol need of the server that they belong to. All of it outlives
/// them.
struct RespSurroundings {
  RespServer& server;
  const CurrentLimits& limits;
  BufferBudget& buffers;
  const ServerLog& log;
};

/// A connection of the Redis protocol: reads, lets its client answer, and writes; what the client
/// is sent unasked goes between two replies. Belongs to the connection's executor.
class RespSession final : public TurnEnd::Participant,
                          public std::enable_shared_from_this<RespSession> {
 public:
  RespSession(std::shared_ptr<Connection> connection, const RespSurroundings& around);

  Task<> run();
  void turn_ends() override;

 private:
  void begin();
  Task<bool> read_more();
  Task<bool> answer_all();
  Task<bool> sync_written();
  Task<bool> flush();
  void flush_in_background();
  bool leave_to_turn_end();
  Task<bool> wait_for_answer();
  Task<bool> read_ahead_ended();
  Task<> read_ahead();
  void start_reading_ahead();
  const RequestLimits& limits();
  Task<bool> refuse_input();
  Task<> send();
  bool make_room(std::size_t bytes);
  bool count_output(std::size_t bytes);
  void let_go(std::string_view why);
  void signal();
  void push(std::string bytes);
  ClientWire wire();

  std::shared_ptr<Connection> connection_;
  const RespSurroundings around_;
  RequestLimits limits_;
  std::uint32_t limits_version_;
  std::shared_ptr<RespClient> client_;
  std::string input_;      // Of which the first bytes were answered.
  std::size_t begin_ = 0;  // Where the others begin,
  std::size_t end_ = 0;    // and where they end; behind them is room.
  std::string output_;
  std::string sending_;
  BufferShare input_share_;
  BufferShare output_share_;
  bool writing_ = false;
  bool syncing_ = false;  // Replies lie in the output that must not be sent yet.
  bool broken_ = false;   // Nothing can be written any more.
  bool left_to_turn_end_ = false;
  boost::asio::steady_timer written_;

  // While a command waits for a key, the next bytes are read all the same: that is how the end of
  // the connection is noticed. The read goes on when the command was answered meanwhile.
  boost::asio::steady_timer signalled_;
  bool signal_ = false;  // Something has happened that `wait_for_answer` is to look at.
  bool reading_ahead_ = false;
  bool read_ahead_ = false;  // There are bytes that were not looked at yet.
  bool input_ended_ = false;
};

}  // namespace quartz::server
