#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/application.hpp"
#include "server/http/http_peer.hpp"
#include "server/http/request_parser.hpp"
#include "server/transport/connection.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// HTTP/1.1 on one connection: requests are answered in their order, as many as the client sends
/// ahead, and the answers to what arrived together leave together.
class HttpSession {
 public:
  HttpSession(std::shared_ptr<Connection> connection, HttpApplication& application);

  /// Until the client leaves, is too slow or not understood, or the server stops.
  Task<> run();

 private:
  using Clock = Connection::Clock;

  Task<bool> receive_request();
  Task<bool> receive_more();
  void begin_answer();
  void judge_header();
  void count_body();
  void refuse_failed(Response& response) const;
  Task<bool> answer_request();
  Task<> send_stream();
  Task<bool> flush();
  bool flush_at_once();
  Clock::time_point receive_deadline();
  Clock::duration transfer_time(std::size_t bytes) const;
  void make_room();
  void refresh_limits();
  std::string_view unread() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }

  const std::shared_ptr<Connection> connection_;
  HttpApplication& application_;
  HttpPeer peer_;
  RequestLimits limits_;
  std::uint32_t limits_version_;
  RequestParser parser_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // What was read and not yet taken: [begin_, end_) of the buffer.
  std::size_t end_ = 0;
  std::string out_;
  std::shared_ptr<ResponseStream> stream_;  // That goes on behind what was answered.
  std::string request_id_;
  BufferShare body_share_;                  // Of the request,
  BufferShare out_share_;                   // and of what is sent.
  std::optional<Response> refusal_;         // Of a request whose body is not read.
  const Route* route_ = nullptr;            // Which the request matched.
  std::optional<Clock::time_point> began_;  // The head, then the body, that is arriving.
  RequestParser::State began_state_ = RequestParser::State::idle;
  bool told_to_continue_ = false;
  bool judged_ = false;  // Whether the header was.
};

}  // namespace quartz::server
