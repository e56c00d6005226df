#include "client/tls_context.hpp"

#include <string>

#include <boost/asio/ssl/verify_mode.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/ssl.h>

#include "base/try.hpp"

namespace quartz::client {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

ClientResult<void> used(const error_code& error, const char* option, const std::string& file) {
  if (!error) return {};
  return ClientError(ClientErrc::invalid_argument,
                     std::string(option) + ": " + file + " cannot be used: " + error.message());
}

ClientResult<void> set_proof(ssl::context& context, const ClientTlsConfig& config) {
  error_code error;
  if (config.proof == ServerProof::none) {
    static_cast<void>(context.set_verify_mode(ssl::verify_none, error));
    return used(error, "tls.proof", "none");
  }
  static_cast<void>(context.set_verify_mode(ssl::verify_peer, error));
  QUARTZ_TRY(used(error, "tls.proof", "certificate"));
  if (config.ca_file.empty()) {
    static_cast<void>(context.set_default_verify_paths(error));
    return used(error, "tls.ca_file", "the system's");
  }
  static_cast<void>(context.load_verify_file(config.ca_file, error));
  return used(error, "tls.ca_file", config.ca_file);
}

ClientResult<void> show_certificate(ssl::context& context, const ClientTlsConfig& config) {
  if (config.certificate_file.empty()) return {};
  error_code error;
  static_cast<void>(context.use_certificate_chain_file(config.certificate_file, error));
  QUARTZ_TRY(used(error, "tls.certificate_file", config.certificate_file));
  static_cast<void>(context.use_private_key_file(config.key_file, ssl::context::pem, error));
  return used(error, "tls.key_file", config.key_file);
}

}  // namespace

ClientResult<std::shared_ptr<ssl::context>> make_tls_context(const ClientTlsConfig& config) {
  std::shared_ptr<ssl::context> context;
  try {
    context = std::make_shared<ssl::context>(ssl::context::tls_client);
  } catch (const boost::system::system_error& failure) {
    return ClientError(ClientErrc::invalid_argument,
                       std::string("tls: cannot be set up: ") + failure.what());
  }
  if (::SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION) != 1) {
    return ClientError(ClientErrc::invalid_argument, "tls: no version from 1.2 on is there");
  }
  QUARTZ_TRY(set_proof(*context, config));
  QUARTZ_TRY(show_certificate(*context, config));
  return context;
}

}  // namespace quartz::client
