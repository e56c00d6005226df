#pragma once

#include <string>
#include <string_view>

namespace quartz::server {

/// Tells the service manager that started the process how it is, by the protocol of `sd_notify`:
/// one datagram to the socket that $NOTIFY_SOCKET names. Without one there is nobody to tell. A
/// message that cannot be delivered is dropped, since serving goes on regardless.
class ServiceNotifier {
 public:
  /// `socket_path` as in the variable: a path, or "@name" for the abstract namespace of Linux.
  explicit ServiceNotifier(std::string socket_path) : socket_path_(std::move(socket_path)) {}
  static ServiceNotifier from_environment();

  void ready() const { send("READY=1"); }
  void stopping() const { send("STOPPING=1"); }
  /// To be followed by `ready`.
  void reloading() const;

 private:
  void send(std::string_view message) const;

  std::string socket_path_;
};

}  // namespace quartz::server
