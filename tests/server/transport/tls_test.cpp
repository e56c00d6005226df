#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "server/served_engine.hpp"
#include "server/test_certificate.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

// A client of OpenSSL's own, on a raw connection.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, const TestCertificate* shown = nullptr) : raw_(port) {
    if (shown != nullptr) {
      ::SSL_CTX_use_certificate_file(context_.get(), shown->certificate_file.c_str(),
                                     SSL_FILETYPE_PEM);
      ::SSL_CTX_use_PrivateKey_file(context_.get(), shown->key_file.c_str(), SSL_FILETYPE_PEM);
    }
    ssl_.reset(::SSL_new(context_.get()));
    ::SSL_set_fd(ssl_.get(), raw_.descriptor());
    connected_ = ::SSL_connect(ssl_.get()) == 1;
  }

  bool connected() const { return connected_; }

  std::string exchange(const std::string& text) {
    if (::SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) <= 0) return {};
    return receive();
  }

  // All of it, or false.
  bool send(const std::string& text) {
    return ::SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) ==
           static_cast<int>(text.size());
  }

  // What comes next; empty at the end.
  std::string receive() {
    std::string answer(65536, '\0');
    const int got = ::SSL_read(ssl_.get(), answer.data(), static_cast<int>(answer.size()));
    answer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return answer;
  }

  std::string server_name() const {
    const std::unique_ptr<X509, decltype(&::X509_free)> certificate(
        ::SSL_get1_peer_certificate(ssl_.get()), ::X509_free);
    if (!certificate) return {};
    char text[256] = {};
    ::X509_NAME_get_text_by_NID(::X509_get_subject_name(certificate.get()), NID_commonName, text,
                                sizeof(text));
    return text;
  }

 private:
  RawClient raw_;
  std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context_{::SSL_CTX_new(::TLS_client_method()),
                                                               ::SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&::SSL_free)> ssl_{nullptr, ::SSL_free};
  bool connected_ = false;
};

class Tls : public ServedEngine {
 protected:
  ServerConfig encrypted() {
    ServerConfig config = small_config();
    config.tls = {.certificate_file = certificate_.certificate_file,
                  .key_file = certificate_.key_file};
    return config;
  }

  const TestCertificate certificate_ = make_test_certificate(scratch_.path(), "first");
};

TEST_F(Tls, requests_are_served_encrypted) {
  serve(encrypted());
  TlsClient client(port());
  ASSERT_TRUE(client.connected());
  EXPECT_THAT(client.exchange(request_text("GET", "/livez")), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(client.exchange(request_text("PUT", "/api/v1/kv/k", "", "v")),
              StartsWith("HTTP/1.1 204"));
  EXPECT_EQ(engine_.get("k").value(), "v");
}

TEST_F(Tls, who_does_not_encrypt_is_not_served) {
  serve(encrypted());
  RawClient client(port());
  client.send(request_text("GET", "/livez"));
  EXPECT_THAT(client.receive_rest(), testing::Not(HasSubstr("HTTP/1.1 200")));
  while (server_->statistics().tls_handshakes_failed == 0) std::this_thread::yield();
}

TEST_F(Tls, a_handshake_that_does_not_come_is_given_up) {
  ServerConfig config = encrypted();
  config.limits.tls_handshake_timeout = milliseconds(150);
  serve(config);
  RawClient client(port());
  EXPECT_TRUE(client.is_ended());
  while (server_->statistics().tls_handshakes_failed == 0) std::this_thread::yield();
}

TEST_F(Tls, clients_must_show_a_certificate_where_that_is_asked_for) {
  const TestCertificate known = make_test_certificate(scratch_.path(), "known");
  const TestCertificate stranger = make_test_certificate(scratch_.path(), "stranger");
  ServerConfig config = encrypted();
  config.tls.client_ca_file = known.certificate_file;
  serve(config);
  const std::string request = request_text("GET", "/livez");
  EXPECT_THAT(TlsClient(port(), &known).exchange(request), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(TlsClient(port(), &stranger).exchange(request), "");
  EXPECT_EQ(TlsClient(port()).exchange(request), "");
  const TestCertificate issued =
      make_test_certificate(scratch_.path(), "issued", {.authority = &known});
  EXPECT_THAT(TlsClient(port(), &issued).exchange(request), StartsWith("HTTP/1.1 200"));
  const TestCertificate expired = make_test_certificate(
      scratch_.path(), "expired",
      {.begins = std::chrono::hours(-2), .ends = std::chrono::hours(-1), .authority = &known});
  EXPECT_EQ(TlsClient(port(), &expired).exchange(request), "");
  const TestCertificate foreign =
      make_test_certificate(scratch_.path(), "foreign", {.authority = &stranger});
  EXPECT_EQ(TlsClient(port(), &foreign).exchange(request), "");
}

TEST_F(Tls, reloaded_certificates_hold_for_new_connections) {
  serve(encrypted());
  TlsClient before(port());
  EXPECT_EQ(before.server_name(), "first");
  const TestCertificate second = make_test_certificate(scratch_.path(), "second");
  std::filesystem::copy_file(second.certificate_file, certificate_.certificate_file,
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(second.key_file, certificate_.key_file,
                             std::filesystem::copy_options::overwrite_existing);
  ASSERT_THAT(server_->reload_certificates(), Succeeds());
  EXPECT_EQ(TlsClient(port()).server_name(), "second");
  EXPECT_THAT(before.exchange(request_text("GET", "/livez")), StartsWith("HTTP/1.1 200"));
}

TEST_F(Tls, a_reload_that_fails_leaves_what_was_there) {
  serve(encrypted());
  std::filesystem::remove(certificate_.key_file);
  EXPECT_THAT(server_->reload_certificates(),
              FailsWith(Errc::io_error, HasSubstr(certificate_.key_file)));
  EXPECT_EQ(TlsClient(port()).server_name(), "first");
}

TEST_F(Tls, files_that_do_not_fit_are_refused) {
  ServerConfig config = encrypted();
  config.tls.key_file = make_test_certificate(scratch_.path(), "other").key_file;
  EXPECT_THAT(Server::start(engine_, config), FailsWith(Errc::io_error, HasSubstr("tls.key_file")));
  config = encrypted();
  config.tls.certificate_file = "missing.crt";
  EXPECT_THAT(Server::start(engine_, config),
              FailsWith(Errc::io_error, HasSubstr("tls.certificate_file")));
}

TEST_F(Tls, who_is_refused_while_he_sends_a_body_is_told_why) {
  ServerConfig config = encrypted();
  config.limits.body_bytes_max = 1000;
  serve(config);
  TlsClient client(port());
  const std::string body(1 << 20, 'x');
  const std::string request = request_text("PUT", "/api/v1/kv/k", "", body);
  const std::size_t begun = request.size() - body.size() + 5000;
  ASSERT_TRUE(client.send(request.substr(0, begun)));
  // From here on the server says goodbye, and has more to read than that.
  while (server_->statistics().http_responses[4] == 0) std::this_thread::yield();
  EXPECT_TRUE(client.send(request.substr(begun)));
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 413"));
  EXPECT_EQ(client.receive(), "");
}

TEST_F(Tls, stopping_ends_idle_encrypted_connections) {
  serve(encrypted());
  TlsClient client(port());
  EXPECT_THAT(client.exchange(request_text("GET", "/livez")), StartsWith("HTTP/1.1 200"));
  server_->stop();
  EXPECT_EQ(client.receive(), "");
}

}  // namespace
}  // namespace quartz::server
