#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "protocol/resp_reply_parser.hpp"

namespace quartz::client {

/// One accepted connection, with blocking reads and writes.
class PeerConnection {
 public:
  PeerConnection(int descriptor, std::size_t number) : descriptor_(descriptor), number_(number) {}
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;
  ~PeerConnection() { close(); }

  /// The next command, its words joined by spaces; empty once the client has gone.
  std::string read_command();
  /// Reads a HELLO and answers it well. False if the client has gone or said something else.
  bool greet();
  /// False once the client has gone.
  bool send(std::string_view bytes);
  /// Answers every command by `answer(command)` until the client has gone.
  void answer_all(const std::function<std::string(const std::string&)>& answer);
  /// Waits until the client has gone, and reads all that it says.
  void swallow();
  /// Ends it so that the client is told by a reset.
  void reset();
  /// Ends it without a word, as a machine does whose power was cut, once everything that was sent
  /// has been acknowledged. False, and it goes on, if this process may not do that.
  bool vanish();
  void close();

  /// 0 for the peer's first.
  std::size_t number() const noexcept { return number_; }

 private:
  friend class ScriptedPeer;

  bool fill();

  int descriptor_;
  const std::size_t number_;
  std::string buffer_;
  protocol::RespReplyParser parser_;
};

/// A server that does what a test tells it: each connection runs the script on a thread of its own
/// and is closed when that returns. At its end it ends all connections and waits for the scripts.
class ScriptedPeer {
 public:
  using Script = std::function<void(PeerConnection&)>;

  /// Listens on a free port of this machine when it returns.
  explicit ScriptedPeer(Script script);
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;
  ~ScriptedPeer();

  std::uint16_t port() const noexcept { return port_; }
  std::string url() const { return "quartz://127.0.0.1:" + std::to_string(port_); }
  /// Connections accepted so far.
  std::size_t accepted() const noexcept { return accepted_.load(); }

 private:
  void accept_all();

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> accepted_{0};
  Mutex mutex_;
  bool stopping_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::vector<int> open_ QUARTZ_GUARDED_BY(mutex_);
  std::vector<std::thread> talking_ QUARTZ_GUARDED_BY(mutex_);
  std::thread accepting_;
};

}  // namespace quartz::client
