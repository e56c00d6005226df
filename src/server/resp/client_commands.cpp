#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/client_name.hpp"
#include "server/resp/command.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

std::int64_t seconds_since(std::chrono::steady_clock::time_point then) {
  const auto passed = std::chrono::steady_clock::now() - then;
  return std::chrono::duration_cast<std::chrono::seconds>(passed).count();
}

std::string_view flags_of(const ClientDescription& client) noexcept {
  if (client.waiting) return "b";
  return listens(client) ? "P" : "N";
}

std::string line_of(const ClientDescription& client) {
  return fmt::format(
      "id={} addr={} laddr={} fd=0 name={} age={} idle={} flags={} db={} sub={} psub={} ssub={} "
      "multi={} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 "
      "tot-mem=0 events=r cmd={} user={} redir={} resp={} lib-name={} lib-ver={}",
      client.id, client.address, client.local_address, client.name,
      seconds_since(client.connected_at), seconds_since(client.active_at), flags_of(client),
      client.database, client.channels, client.patterns, client.shard_channels,
      client.queued ? static_cast<std::int64_t>(*client.queued) : -1, client.last_command,
      client.user, client.redirect, static_cast<int>(client.version), client.driver_name,
      client.driver_version);
}

Result<void> id(CommandCall& call) {
  call.reply.integer(static_cast<std::int64_t>(call.client.id()));
  return {};
}

Result<void> client_info(CommandCall& call) {
  call.reply.verbatim(line_of(call.client.description()) + "\n");
  return {};
}

Result<void> client_list(CommandCall& call) {
  std::string lines;
  const auto& arguments = call.arguments;
  const bool by_type = arguments.size() == 4 && is_same_word(arguments[2], "TYPE");
  const bool by_id = arguments.size() > 3 && is_same_word(arguments[2], "ID");
  if (arguments.size() != 2 && !by_type && !by_id) return syntax_error();
  std::vector<std::int64_t> ids;
  for (std::size_t i = 3; by_id && i < arguments.size(); ++i) {
    const auto number = to_integer(arguments[i]);
    if (!number || *number < 1) return Error(Errc::invalid_argument, "Invalid client ID");
    ids.push_back(*number);
  }
  const bool only_listening = by_type && is_same_word(arguments[3], "PUBSUB");
  const bool only_normal = by_type && is_same_word(arguments[3], "NORMAL");
  if (by_type && !only_listening && !only_normal && !is_same_word(arguments[3], "MASTER") &&
      !is_same_word(arguments[3], "REPLICA")) {
    return Error(Errc::invalid_argument, fmt::format("Unknown client type '{}'", arguments[3]));
  }
  for (const auto& client : call.server.clients()) {
    const ClientDescription described = client->description();
    if (by_type && !(listens(described) ? only_listening : only_normal)) continue;
    if (by_id && std::ranges::find(ids, static_cast<std::int64_t>(described.id)) == ids.end()) {
      continue;
    }
    lines += line_of(described) + "\n";
  }
  call.reply.verbatim(lines);
  return {};
}

Result<void> getname(CommandCall& call) {
  const std::string name = call.client.description().name;
  if (name.empty()) {
    call.reply.null();
  } else {
    call.reply.bulk(name);
  }
  return {};
}

Result<void> setname(CommandCall& call) {
  if (!is_client_name(call.arguments[2])) return bad_client_name();
  call.client.set_name(call.arguments[2]);
  call.reply.simple("OK");
  return {};
}

Result<void> setinfo(CommandCall& call) {
  const bool is_library = is_same_word(call.arguments[2], "LIB-NAME");
  if (!is_library && !is_same_word(call.arguments[2], "LIB-VER")) {
    return Error(Errc::invalid_argument,
                 fmt::format("Unrecognized option '{}'", call.arguments[2]));
  }
  if (!is_client_name(call.arguments[3])) {
    return Error(Errc::invalid_argument,
                 fmt::format("{} cannot contain spaces, newlines or special characters.",
                             is_library ? "lib-name" : "lib-ver"));
  }
  if (is_library) {
    call.client.set_library(call.arguments[3], std::nullopt);
  } else {
    call.client.set_library(std::nullopt, call.arguments[3]);
  }
  call.reply.simple("OK");
  return {};
}

Result<void> kill_by_address(CommandCall& call) {
  for (const auto& client : call.server.clients()) {
    if (client->description().address != call.arguments[2]) continue;
    client->kill();
    call.reply.simple("OK");
    return {};
  }
  return Error(Errc::invalid_argument, "No such client");
}

struct KillFilter {
  std::optional<std::int64_t> id;
  std::optional<std::string_view> address;
  std::optional<std::string_view> local_address;
  std::optional<std::string_view> user;
  bool skip_me = true;
};

Result<KillFilter> read_kill_filter(Words arguments) {
  KillFilter filter;
  if (arguments.size() % 2 != 0) return syntax_error();
  for (std::size_t i = 2; i < arguments.size(); i += 2) {
    const std::string_view value = arguments[i + 1];
    if (is_same_word(arguments[i], "ID")) {
      filter.id = to_integer(value);
      if (!filter.id || *filter.id < 1) {
        return Error(Errc::invalid_argument, "client-id should be greater than 0");
      }
    } else if (is_same_word(arguments[i], "ADDR")) {
      filter.address = value;
    } else if (is_same_word(arguments[i], "LADDR")) {
      filter.local_address = value;
    } else if (is_same_word(arguments[i], "USER")) {
      filter.user = value;
    } else if (is_same_word(arguments[i], "SKIPME") &&
               (is_same_word(value, "YES") || is_same_word(value, "NO"))) {
      filter.skip_me = is_same_word(value, "YES");
    } else {
      return syntax_error();
    }
  }
  return filter;
}

Result<void> kill(CommandCall& call) {
  if (call.arguments.size() == 3) return kill_by_address(call);
  QUARTZ_ASSIGN(const KillFilter filter, read_kill_filter(call.arguments));
  std::int64_t count = 0;
  for (const auto& client : call.server.clients()) {
    const ClientDescription described = client->description();
    if (filter.id && static_cast<std::uint64_t>(*filter.id) != described.id) continue;
    if (filter.address && *filter.address != described.address) continue;
    if (filter.local_address && *filter.local_address != described.local_address) continue;
    if (filter.user && *filter.user != described.user) continue;
    if (filter.skip_me && client.get() == &call.client) continue;
    if (client.get() == &call.client) {
      call.client.close_after_reply();
    } else {
      client->kill();
    }
    ++count;
  }
  call.reply.integer(count);
  return {};
}

Result<void> unblock(CommandCall& call) {
  const auto& arguments = call.arguments;
  auto how = RespClient::Unblocked::as_after_timeout;
  if (arguments.size() == 4 && is_same_word(arguments[3], "ERROR")) {
    how = RespClient::Unblocked::with_error;
  } else if (arguments.size() > 4) {
    return syntax_error();
  } else if (arguments.size() == 4 && !is_same_word(arguments[3], "TIMEOUT")) {
    return Error(Errc::invalid_argument, "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  QUARTZ_ASSIGN(const std::int64_t id, integer_of(arguments[2]));
  const auto client = id < 1 ? nullptr : call.server.find(static_cast<std::uint64_t>(id));
  call.reply.integer(client && client->unblock(how) ? 1 : 0);
  return {};
}

Result<void> reply_mode(CommandCall& call) {
  const std::string_view word = call.arguments[2];
  if (is_same_word(word, "ON")) {
    call.client.set_replies(RespClient::Replies::on);
    call.reply.simple("OK");
  } else if (is_same_word(word, "OFF")) {
    call.client.set_replies(RespClient::Replies::off);
  } else if (is_same_word(word, "SKIP")) {
    call.client.set_replies(RespClient::Replies::skip_this);
  } else {
    return syntax_error();
  }
  return {};
}

Result<void> on_or_off(CommandCall& call) {
  if (!is_same_word(call.arguments[2], "ON") && !is_same_word(call.arguments[2], "OFF")) {
    return syntax_error();
  }
  call.reply.simple("OK");
  return {};
}

constexpr std::array kClientCommands = {
    Command{"client", -2, immediate, {}, CommandGroup::connection, "About connections", nullptr},
    Command{"client|getname",
            2,
            immediate,
            {},
            CommandGroup::connection,
            "The connection's name",
            getname},
    Command{"client|id", 2, immediate, {}, CommandGroup::connection, "The connection's number", id},
    Command{"client|info",
            2,
            immediate,
            {},
            CommandGroup::connection,
            "What is known of the connection",
            client_info},
    Command{"client|kill",
            -3,
            immediate | admin,
            {},
            CommandGroup::connection,
            "Ends connections",
            kill},
    Command{"client|list",
            -2,
            immediate | admin,
            {},
            CommandGroup::connection,
            "What is known of all connections",
            client_list},
    Command{"client|no-evict",
            3,
            immediate | admin,
            {},
            CommandGroup::connection,
            "Accepted; no connection is ever given up for memory",
            on_or_off},
    Command{"client|no-touch",
            3,
            immediate,
            {},
            CommandGroup::connection,
            "Accepted; reading changes nothing that counts",
            on_or_off},
    Command{"client|reply",
            3,
            immediate,
            {},
            CommandGroup::connection,
            "Whether commands are replied to",
            reply_mode},
    Command{"client|setinfo",
            4,
            immediate,
            {},
            CommandGroup::connection,
            "Says what library the client is",
            setinfo},
    Command{"client|setname",
            3,
            immediate,
            {},
            CommandGroup::connection,
            "Names the connection",
            setname},
    Command{"client|unblock",
            -3,
            immediate | admin,
            {},
            CommandGroup::connection,
            "Lets a client wait no longer",
            unblock},
};

}  // namespace

std::span<const Command> client_commands() noexcept { return kClientCommands; }

}  // namespace quartz::server
