#include "client/endpoint_url.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"

namespace quartz::client {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string refusal(std::string_view url) {
  const auto parsed = parse_endpoint_url(url);
  if (parsed) return "none";
  EXPECT_EQ(parsed.error().code(), ClientErrc::invalid_argument);
  return parsed.error().message();
}

TEST(EndpointUrls, tell_where_and_whether_encrypted) {
  const EndpointUrl plain = parse_endpoint_url("quartz://db.example.org:8000").value();
  EXPECT_FALSE(plain.encrypted);
  EXPECT_EQ(plain.host, "db.example.org");
  EXPECT_EQ(plain.port, 8000);
  EXPECT_EQ(plain.address(), "db.example.org:8000");
  EXPECT_TRUE(parse_endpoint_url("quartzs://h").value().encrypted);
  EXPECT_TRUE(parse_endpoint_url("rediss://h").value().encrypted);
}

TEST(EndpointUrls, have_the_port_of_their_scheme) {
  EXPECT_EQ(parse_endpoint_url("quartz://h").value().port, 7379);
  EXPECT_EQ(parse_endpoint_url("quartzs://h/").value().port, 7379);
  EXPECT_EQ(parse_endpoint_url("redis://h").value().port, 6379);
  EXPECT_EQ(parse_endpoint_url("rediss://h").value().port, 6379);
}

TEST(EndpointUrls, take_addresses_of_both_versions) {
  EXPECT_EQ(parse_endpoint_url("quartz://127.0.0.1").value().host, "127.0.0.1");
  const EndpointUrl six = parse_endpoint_url("quartz://[::1]:9").value();
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.address(), "[::1]:9");
}

TEST(EndpointUrls, have_users_and_secrets_decoded) {
  const EndpointUrl both = parse_endpoint_url("quartz://anna:s%40c%3Aret@h").value();
  EXPECT_EQ(both.user, "anna");
  EXPECT_EQ(both.secret, "s@c:ret");
  const EndpointUrl secret = parse_endpoint_url("quartz://:only@h").value();
  EXPECT_EQ(secret.user, "");
  EXPECT_EQ(secret.secret, "only");
}

TEST(EndpointUrls, say_what_is_wrong) {
  EXPECT_THAT(refusal(""), HasSubstr("is needed"));
  EXPECT_THAT(refusal("127.0.0.1:7379"), HasSubstr("is needed"));
  EXPECT_THAT(refusal("http://h"), HasSubstr("http"));
  EXPECT_THAT(refusal("quartz://"), HasSubstr("host"));
  EXPECT_THAT(refusal("quartz://h:0"), HasSubstr("port"));
  EXPECT_THAT(refusal("quartz://h:70000"), HasSubstr("port"));
  EXPECT_THAT(refusal("quartz://h/3"), HasSubstr("behind"));
  EXPECT_THAT(refusal("quartz://h?db=1"), HasSubstr("behind"));
  EXPECT_THAT(refusal("quartz://anna@h"), HasSubstr("secret"));
}

TEST(EndpointUrls, keep_secrets_out_of_refusals) {
  for (const char* url : {"http://anna:hidden@h", "quartz://anna:hidden@h:0",
                          "quartz://anna:hidden@h/x", "quartz://anna:hidden@ h"}) {
    EXPECT_THAT(refusal(url), Not(HasSubstr("hidden"))) << url;
  }
}

}  // namespace
}  // namespace quartz::client
