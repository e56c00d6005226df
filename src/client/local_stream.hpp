#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include "client/strand.hpp"
#include "quartz/client/local_service.hpp"

namespace quartz::client {

/// A session of a server in this process, as a stream of bytes. All on the strand; one read at a
/// time.
class LocalStream {
 public:
  using ReadHandler = std::function<void(boost::system::error_code, std::size_t)>;

  explicit LocalStream(const Strand& strand);
  LocalStream(const LocalStream&) = delete;
  LocalStream& operator=(const LocalStream&) = delete;
  ~LocalStream();

  /// Once. False if the server has stopped.
  bool connect(LocalService& service);
  /// Never completes within the call.
  void async_read_some(boost::asio::mutable_buffer into, ReadHandler handler);
  /// Everything is taken at once.
  void write(std::string_view bytes);
  /// A read under way fails.
  void close();

 private:
  struct Inbox;

  const Strand& strand_;
  const std::shared_ptr<Inbox> inbox_;
  std::shared_ptr<LocalService::Session> session_;
};

}  // namespace quartz::client
