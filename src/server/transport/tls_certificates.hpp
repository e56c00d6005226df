#pragma once

#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/server/server_config.hpp"

namespace quartz::server {

/// The certificates that new connections are encrypted with. They can be replaced while
/// connections are open, which keep what they began with. Threads: any.
class TlsCertificates {
 public:
  using Context = std::shared_ptr<boost::asio::ssl::context>;

  /// Reads the files; `io_error` naming the file that cannot be used. Without a certificate in the
  /// configuration there is no context, and connections are not encrypted.
  static Result<std::unique_ptr<TlsCertificates>> load(const TlsConfig& config);

  /// Reads the same files again; what was in use stays if that fails.
  Result<void> reload();

  /// Null: connections are not encrypted.
  Context context() const {
    const MutexLock lock(mutex_);
    return context_;
  }

 private:
  explicit TlsCertificates(TlsConfig config) : config_(std::move(config)) {}

  const TlsConfig config_;
  mutable Mutex mutex_;
  Context context_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
