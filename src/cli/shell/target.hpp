#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/shell/connection.hpp"
#include "quartz/client/client_config.hpp"
#include "quartz/result.hpp"

namespace quartz::cli {

/// Who one is to a server.
struct ShellUser {
  std::string name = {};         ///< Empty: the server's default user.
  std::string secret_file = {};  ///< Whose first line is the secret. Empty: $QUARTZ_SHELL_SECRET.
};

/// The directory that a user means; nothing if he means a server. `file:` URLs are directories, and
/// so is all that is neither a URL nor a host with a port; "./a:1" is one that looks like that.
Result<std::optional<std::string>> directory_in(std::string_view target);

/// The server that a user means: `host:port`, or a URL with quartz, quartzs, redis or rediss.
/// `invalid_argument` for what is none, for one with a secret in it, which everybody could read in
/// the list of processes, and for a user without a secret; `io_error` for a file that cannot be
/// read.
Result<ShellTarget> server_in(std::string_view target, const ShellUser& user,
                              const ClientTlsConfig& tls);

}  // namespace quartz::cli
