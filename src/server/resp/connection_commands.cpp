#include <array>
#include <string>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/authentication.hpp"
#include "server/resp/client_name.hpp"
#include "server/resp/command.hpp"
#include "server/resp/redis_version.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<void> ping(CommandCall& call) {
  if (call.arguments.size() > 2) return wrong_argument_count("ping");
  const std::string_view text = call.arguments.size() == 2 ? call.arguments[1] : "";
  if (call.client.listens() && call.client.version() == protocol::RespVersion::resp2) {
    call.reply.array(2);
    call.reply.bulk("pong");
    call.reply.bulk(text);
  } else if (call.arguments.size() == 2) {
    call.reply.bulk(text);
  } else {
    call.reply.simple("PONG");
  }
  return {};
}

Result<void> echo(CommandCall& call) {
  call.reply.bulk(call.arguments[1]);
  return {};
}

Result<void> quit(CommandCall& call) {
  call.client.close_after_reply();
  call.reply.simple("OK");
  return {};
}

Result<void> reset(CommandCall& call) {
  QUARTZ_TRY(call.client.reset());
  call.reply.simple("RESET");
  return {};
}

Result<void> select(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int32_t number, small_integer_of(call.arguments[1]));
  if (number < 0 || number >= static_cast<std::int32_t>(Databases::kCount)) {
    return Error(Errc::invalid_argument, "ERR DB index is out of range");
  }
  QUARTZ_ASSIGN(const Database* const database,
                call.server.service().databases().select(static_cast<std::size_t>(number)));
  call.client.select(*database);
  call.reply.simple("OK");
  return {};
}

struct HelloWords {
  std::optional<protocol::RespVersion> version;
  std::optional<std::string_view> name;
};

Result<HelloWords> read_hello(CommandCall& call) {
  HelloWords words;
  const auto& arguments = call.arguments;
  if (arguments.size() < 2) return words;
  const auto version = to_integer(arguments[1]);
  if (!version) {
    return Error(Errc::invalid_argument, "Protocol version is not an integer or out of range");
  }
  if (*version != 2 && *version != 3) {
    return Error(Errc::invalid_argument, "NOPROTO unsupported protocol version");
  }
  words.version = static_cast<protocol::RespVersion>(*version);
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const std::size_t left = arguments.size() - i - 1;
    if (is_same_word(arguments[i], "SETNAME") && left >= 1) {
      words.name = arguments[++i];
      if (!is_client_name(*words.name)) return bad_client_name();
    } else if (is_same_word(arguments[i], "AUTH") && left >= 2) {
      QUARTZ_TRY(authenticate(call, arguments[i + 1], arguments[i + 2]));
      i += 2;
    } else {
      return Error(Errc::invalid_argument,
                   fmt::format("Syntax error in HELLO option '{}'", arguments[i]));
    }
  }
  return words;
}

Result<void> hello(CommandCall& call) {
  QUARTZ_ASSIGN(const HelloWords words, read_hello(call));
  if (must_authenticate(call)) {
    return Error(
        Errc::invalid_argument,
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the "
        "HELLO AUTH <user> <pass> option can be used to authenticate the client and select "
        "the RESP protocol version at the same time");
  }
  if (words.version) call.client.set_version(*words.version);
  if (words.name) call.client.set_name(*words.name);
  protocol::RespReplyWriter reply = call.reply.as(call.client.version());
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(kRedisVersion);
  reply.bulk("proto");
  reply.integer(static_cast<std::int64_t>(call.client.version()));
  reply.bulk("id");
  reply.integer(static_cast<std::int64_t>(call.client.id()));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
  return {};
}

Result<void> auth(CommandCall& call) {
  if (call.arguments.size() > 3) return syntax_error();
  if (call.arguments.size() == 3) {
    QUARTZ_TRY(authenticate(call, call.arguments[1], call.arguments[2]));
  } else {
    QUARTZ_TRY(authenticate_default(call, call.arguments[1]));
  }
  call.reply.simple("OK");
  return {};
}

constexpr std::array kConnectionCommands = {
    Command{"auth",
            -2,
            immediate | no_auth | fast | no_multi,
            {},
            CommandGroup::connection,
            "Says who the client is",
            auth},
    Command{"echo", 2, fast, {}, CommandGroup::connection, "Answers with what it is told", echo},
    Command{"hello",
            -1,
            immediate | no_auth | fast | no_multi,
            {},
            CommandGroup::connection,
            "Agrees on the protocol's version",
            hello},
    Command{"ping", -1, fast | in_subscription, {}, CommandGroup::connection, "Answers", ping},
    Command{"quit",
            -1,
            immediate | in_multi | no_auth | fast | in_subscription,
            {},
            CommandGroup::connection,
            "Ends the connection",
            quit},
    Command{"reset",
            1,
            immediate | in_multi | no_auth | fast | in_subscription,
            {},
            CommandGroup::connection,
            "Makes the connection what it was at first",
            reset},
    Command{
        "select", 2, immediate | fast, {}, CommandGroup::connection, "Chooses a database", select},
};

}  // namespace

std::span<const Command> connection_commands() noexcept { return kConnectionCommands; }

}  // namespace quartz::server
