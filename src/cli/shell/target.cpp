#include "cli/shell/target.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "cli/streams.hpp"
#include "embedded/file_url.hpp"

namespace quartz::cli {
namespace {

constexpr std::string_view kSchemeEnd = "://";
constexpr const char* kSecretVariable = "QUARTZ_SHELL_SECRET";
constexpr std::size_t kSecretBytesMax = 4096;

bool has_scheme(std::string_view target) noexcept {
  return target.find(kSchemeEnd) != std::string_view::npos;
}

// "localhost:7379", "[::1]:7379".
bool is_host_with_port(std::string_view target) noexcept {
  const std::size_t colon = target.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == target.size()) return false;
  const std::string_view port = target.substr(colon + 1);
  return target.find('/') == std::string_view::npos && std::ranges::all_of(port, is_digit);
}

Result<std::string> secret_of(const ShellUser& user) {
  if (user.secret_file.empty()) {
    const char* const secret = std::getenv(kSecretVariable);
    return std::string(secret == nullptr ? "" : secret);
  }
  QUARTZ_ASSIGN(InputStream file, InputStream::open(user.secret_file));
  std::string secret;
  QUARTZ_TRY(file.read_line(secret, kSecretBytesMax));
  if (secret.empty()) {
    return Error(Errc::invalid_argument, user.secret_file + ": its first line is empty");
  }
  return secret;
}

}  // namespace

Result<std::optional<std::string>> directory_in(std::string_view target) {
  if (embedded::is_file_url(target)) {
    QUARTZ_ASSIGN(const auto directory, embedded::directory_of(target));
    return std::optional(directory.string());
  }
  if (has_scheme(target) || is_host_with_port(target)) return std::optional<std::string>();
  return std::optional(std::string(target));
}

Result<ShellTarget> server_in(std::string_view target, const ShellUser& user,
                              const ClientTlsConfig& tls) {
  const std::string url = (has_scheme(target) ? "" : "quartz://") + std::string(target);
  auto endpoint = client::parse_endpoint_url(url);
  if (!endpoint) return Error(Errc::invalid_argument, endpoint.error().message());
  if (!endpoint->secret.empty()) {
    return Error(Errc::invalid_argument,
                 "a secret in an argument can be read by everybody on the machine: put it into a "
                 "file, --secret-file, or into the environment as QUARTZ_SHELL_SECRET");
  }
  QUARTZ_ASSIGN(endpoint->secret, secret_of(user));
  endpoint->user = user.name;
  if (!user.name.empty() && endpoint->secret.empty()) {
    return Error(Errc::invalid_argument,
                 "a user needs a secret: --secret-file, or QUARTZ_SHELL_SECRET in the environment");
  }
  ShellTarget found;
  found.name = endpoint->address();
  found.endpoint = *std::move(endpoint);
  found.tls = tls;
  return found;
}

}  // namespace quartz::cli
