#include "server/transport/tls_certificates.hpp"

#include <string>
#include <utility>

#include <boost/asio/ssl/verify_mode.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/ssl.h>

#include "base/try.hpp"

namespace quartz::server {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

Result<void> used(const error_code& error, const char* option, const std::string& file) {
  if (!error) return {};
  return Error(Errc::io_error,
               std::string(option) + ": " + file + " cannot be used: " + error.message());
}

Result<TlsCertificates::Context> make_context(const TlsConfig& config) {
  std::shared_ptr<ssl::context> context;
  error_code error;
  try {
    context = std::make_shared<ssl::context>(ssl::context::tls_server);
  } catch (const boost::system::system_error& failure) {
    return Error(Errc::io_error, std::string("TLS cannot be set up: ") + failure.what());
  }
  static_cast<void>(context->set_options(
      ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
          ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::single_dh_use,
      error));
  if (error) return Error(Errc::io_error, "TLS cannot be set up: " + error.message());
  ::SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  static_cast<void>(context->use_certificate_chain_file(config.certificate_file, error));
  QUARTZ_TRY(used(error, "tls.certificate_file", config.certificate_file));
  static_cast<void>(context->use_private_key_file(config.key_file, ssl::context::pem, error));
  QUARTZ_TRY(used(error, "tls.key_file", config.key_file));
  if (::SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Error(Errc::io_error, "tls.key_file: " + config.key_file + " is not the key of " +
                                     config.certificate_file);
  }
  if (!config.client_ca_file.empty()) {
    static_cast<void>(context->load_verify_file(config.client_ca_file, error));
    QUARTZ_TRY(used(error, "tls.client_ca_file", config.client_ca_file));
    static_cast<void>(
        context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, error));
    QUARTZ_TRY(used(error, "tls.client_ca_file", config.client_ca_file));
    // Sessions of clients with certificates are resumed only within a context of this name.
    constexpr unsigned char kName[] = "quartz";
    ::SSL_CTX_set_session_id_context(context->native_handle(), kName, sizeof(kName) - 1);
  }
  return context;
}

}  // namespace

Result<std::unique_ptr<TlsCertificates>> TlsCertificates::load(const TlsConfig& config) {
  std::unique_ptr<TlsCertificates> certificates(new TlsCertificates(config));
  QUARTZ_TRY(certificates->reload());
  return certificates;
}

Result<void> TlsCertificates::reload() {
  if (config_.certificate_file.empty()) return {};
  QUARTZ_ASSIGN(Context fresh, make_context(config_));
  const MutexLock lock(mutex_);
  context_ = std::move(fresh);
  return {};
}

}  // namespace quartz::server
