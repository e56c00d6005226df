#include <chrono>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "server/test_certificate.hpp"

namespace quartz::client {
namespace {

using testing::HasSubstr;

/// A server whose certificate is for "localhost", and its own authority.
class EncryptedClients : public ServedClient {
 protected:
  void SetUp() override {
    ServerConfig config = resp_config();
    config.tls = {.certificate_file = certificate_.certificate_file,
                  .key_file = certificate_.key_file,
                  .client_ca_file = {}};
    serve(config);
  }
  ClientConfig config_for(std::string_view host) {
    ClientConfig config = patient_config("quartzs://" + std::string(host) + ":" +
                                         std::to_string(server_->resp_port().value()));
    config.tls.ca_file = certificate_.certificate_file;
    return config;
  }

  const server::TestCertificate certificate_ =
      server::make_test_certificate(scratch_.path(), "localhost");
};

TEST_F(EncryptedClients, believe_an_authority_that_vouches_for_the_name) {
  Client client{config_for("localhost")};
  EXPECT_TRUE(client.set("k", std::string(200'000, 'x')).value());
  EXPECT_EQ(client.get("k").value(), std::string(200'000, 'x'));
}

TEST_F(EncryptedClients, refuse_a_server_of_another_name) {
  Client client{config_for("127.0.0.1")};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr("certificate verify failed"));
}

TEST_F(EncryptedClients, refuse_an_authority_that_nobody_named) {
  ClientConfig config = config_for("localhost");
  config.tls.ca_file.clear();
  Client client{config};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr("certificate verify failed"));
}

/// A server that shows a certificate which an authority has signed, and a client that believes
/// another one, or the same.
class CertifiedServers : public ServedClient {
 protected:
  ClientResult<std::optional<std::string>> get_from(const server::TestCertificate& shown,
                                                    const server::TestCertificate& believed) {
    ServerConfig config = resp_config();
    config.tls = {.certificate_file = shown.certificate_file,
                  .key_file = shown.key_file,
                  .client_ca_file = {}};
    serve(config);
    ClientConfig asking =
        patient_config("quartzs://localhost:" + std::to_string(server_->resp_port().value()));
    asking.tls.ca_file = believed.certificate_file;
    asking.retry.attempts_max = 1;
    Client client{asking};
    return client.get("k");
  }
  server::TestCertificate issued(const server::TestCertificateTerms& terms,
                                 const std::string& subject = "localhost") {
    return server::make_test_certificate(scratch_.path(), "shown", terms, subject);
  }
  static auto is_refused_because(const std::string& reason) {
    return testing::AllOf(
        FailsAs(ClientErrc::unavailable, Executed::no),
        testing::ResultOf([](const auto& result) { return result ? "" : result.error().message(); },
                          HasSubstr(reason)));
  }

  const server::TestCertificate authority_ =
      server::make_test_certificate(scratch_.path(), "authority");
  const server::TestCertificate another_ =
      server::make_test_certificate(scratch_.path(), "another");
};

TEST_F(CertifiedServers, are_believed_with_what_the_authority_has_signed) {
  EXPECT_TRUE(get_from(issued({.authority = &authority_}), authority_));
}

TEST_F(CertifiedServers, are_refused_with_what_another_authority_has_signed) {
  EXPECT_THAT(get_from(issued({.authority = &another_}), authority_),
              is_refused_because("unable to get local issuer certificate"));
}

TEST_F(CertifiedServers, are_refused_with_what_they_have_signed_themselves) {
  EXPECT_THAT(get_from(issued({}), authority_), is_refused_because("self-signed certificate"));
}

TEST_F(CertifiedServers, are_refused_with_what_has_expired) {
  EXPECT_THAT(get_from(issued({.begins = std::chrono::hours(-2),
                               .ends = std::chrono::hours(-1),
                               .authority = &authority_}),
                       authority_),
              is_refused_because("certificate has expired"));
}

TEST_F(CertifiedServers, are_refused_with_what_does_not_hold_yet) {
  EXPECT_THAT(get_from(issued({.begins = std::chrono::hours(1),
                               .ends = std::chrono::hours(2),
                               .authority = &authority_}),
                       authority_),
              is_refused_because("certificate is not yet valid"));
}

TEST_F(CertifiedServers, are_refused_with_what_is_for_another_name) {
  EXPECT_THAT(get_from(issued({.authority = &authority_}, "elsewhere"), authority_),
              is_refused_because("the certificate is for another name"));
}

TEST_F(EncryptedClients, leave_the_name_open_if_told_so) {
  ClientConfig config = config_for("127.0.0.1");
  config.tls.proof = ServerProof::certificate;
  Client client{config};
  EXPECT_TRUE(client.set("k", "v").value());
  config.tls.proof = ServerProof::none;
  config.tls.ca_file.clear();
  Client careless{config};
  EXPECT_EQ(careless.get("k").value(), "v");
}

TEST_F(EncryptedClients, tell_of_a_server_that_does_not_encrypt) {
  ScriptedPeer peer([](PeerConnection& connection) {
    connection.send("-ERR unknown command\r\n");
    connection.swallow();
  });
  Client client{patient_config("quartzs://127.0.0.1:" + std::to_string(peer.port()))};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr("TLS: "));
}

}  // namespace
}  // namespace quartz::client
