#include "client/endpoint_url.hpp"

#include <algorithm>
#include <array>

#include <boost/url/src.hpp>
#include <fmt/format.h>

namespace quartz::client {
namespace {

constexpr std::uint16_t kQuartzPort = 7379;
constexpr std::uint16_t kRedisPort = 6379;

struct Scheme {
  std::string_view name;
  bool encrypted;
  std::uint16_t port;
};

constexpr std::array<Scheme, 4> kSchemes = {{{"quartz", false, kQuartzPort},
                                             {"quartzs", true, kQuartzPort},
                                             {"redis", false, kRedisPort},
                                             {"rediss", true, kRedisPort}}};

constexpr std::string_view kFileScheme = "file";

// An error names the scheme and the host at most: what stands between may be a secret.
ClientError wrong_url(std::string_view why) {
  return {ClientErrc::invalid_argument, fmt::format("endpoints: {}", why)};
}

}  // namespace

std::string EndpointUrl::address() const {
  if (local) return "this process";
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

ClientResult<EndpointUrl> parse_endpoint_url(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return wrong_url("a URL such as quartz://127.0.0.1:7379 is needed");
  const boost::urls::url_view& view = *parsed;
  const std::string_view name = view.scheme();
  const auto* const scheme = std::ranges::find(kSchemes, name, &Scheme::name);
  if (name == kFileScheme) {
    return wrong_url("file: quartz::open_client opens a database in this process");
  }
  if (scheme == kSchemes.end()) {
    return wrong_url(fmt::format("{}: a URL begins with quartz, quartzs, redis or rediss", name));
  }
  EndpointUrl endpoint{.encrypted = scheme->encrypted,
                       .host = std::string(view.host_address()),
                       .port = scheme->port,
                       .user = view.user(),
                       .secret = view.password()};
  if (endpoint.host.empty()) return wrong_url(fmt::format("{}: a host is missing", name));
  if (view.has_port()) {
    if (view.port_number() == 0) {
      return wrong_url(fmt::format("{}: a port is from 1 to 65535", endpoint.host));
    }
    endpoint.port = view.port_number();
  }
  const bool has_more = view.has_query() || view.has_fragment() ||
                        (!view.encoded_path().empty() && view.encoded_path() != "/");
  if (has_more) {
    return wrong_url(fmt::format("{}: nothing may stand behind host and port", endpoint.host));
  }
  if (!endpoint.user.empty() && endpoint.secret.empty()) {
    return wrong_url(fmt::format("{}: a user needs a secret", endpoint.host));
  }
  return endpoint;
}

}  // namespace quartz::client
