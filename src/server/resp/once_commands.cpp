#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/command_table.hpp"
#include "server/resp/once.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/idempotency_keys.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using Use = IdempotencyKeys::Use;

ReplyForm form_of(protocol::RespVersion version) noexcept {
  return version == protocol::RespVersion::resp3 ? ReplyForm::resp3 : ReplyForm::resp2;
}

// The database and all words, each behind its length.
std::string content_of(std::size_t database, Words words) {
  std::string content;
  append_big_endian(content, database);
  for (const std::string_view word : words) {
    append_big_endian(content, word.size());
    content += word;
  }
  return content;
}

Result<void> answer_again(CommandCall& call, const IdempotencyKeys::Begun& begun) {
  if (begun.form != form_of(call.reply.version())) {
    return Error(Errc::invalid_argument,
                 begun.form == ReplyForm::left_out
                     ? "ONCEDONE the command was carried out, and its reply was too large to keep"
                     : "ONCEDONE the command was carried out, and its reply is of the other "
                       "version of the protocol");
  }
  call.reply.raw(begun.reply);
  return {};
}

Result<void> carry_out(CommandCall& call, const Command& command, std::string& reply) {
  protocol::RespReplyWriter writer(reply, call.reply.version());
  CommandCall carried{.server = call.server,
                      .client = call.client,
                      .view = call.view,
                      .arguments = carried_words(call.arguments),
                      .reply = writer,
                      .messages = call.messages};
  return command.run(carried);
}

Result<void> once(CommandCall& call) {
  const std::string_view id = call.arguments[1];
  if (id.empty() || id.size() > KeyedRequest::kIdBytesMax) {
    return Error(Errc::invalid_argument,
                 fmt::format("the client's id must have 1 to {} bytes", KeyedRequest::kIdBytesMax));
  }
  QUARTZ_ASSIGN(const std::int64_t sequence, integer_of(call.arguments[2]));
  if (const auto refusal = refusal_of_carried(call.arguments)) {
    return Error(Errc::invalid_argument, *refusal);
  }
  const Words words = carried_words(call.arguments);
  const std::string content = content_of(call.view.database().number, words);
  const KeyedRequest request{.user = call.client.user_name(),
                             .http = call.client.has_keys_of_header(),
                             .id = id,
                             .sequence = static_cast<std::uint64_t>(sequence),
                             .content = content};
  IdempotencyKeys& keys = call.server.service().idempotency_keys();
  QUARTZ_ASSIGN(const auto begun, keys.begin(call.view.transaction(), request));
  switch (begun.use) {
    case Use::repeated:
      return answer_again(call, begun);
    case Use::other:
      return Error(Errc::invalid_argument, "ONCEREUSED this key was used for another command");
    case Use::refused:
      return Error(Errc::invalid_argument,
                   "ONCEFULL too many keys are remembered; try again later, or without one");
    case Use::first:
      break;
  }
  // One that fails has written nothing, so that there is nothing to remember.
  std::string reply;
  QUARTZ_TRY(carry_out(call, *CommandTable::all().find(words), reply));
  keys.remember(call.view.transaction(), request, form_of(call.reply.version()), reply);
  call.reply.raw(reply);
  return {};
}

constexpr std::array kOnceCommands = {
    Command{
        "quartz.once",
        -4,
        write | denyoom | carries,
        {},
        CommandGroup::transactions,
        "Carries out a command that writes, unless it was with this key: then it replies the same",
        once},
};

}  // namespace

std::span<const Command> once_commands() noexcept { return kOnceCommands; }

bool can_be_carried(const Command& command) noexcept {
  return command.run != nullptr && command.is(write) && !command.is(carries) &&
         !command.is(immediate) && !command.is(blocking) && !command.is(lengthy) &&
         !command.is(no_multi);
}

std::optional<std::string> refusal_of_carried(Words arguments) {
  const Words words = carried_words(arguments);
  const Command* const command = words.empty() ? nullptr : CommandTable::all().find(words);
  if (command == nullptr || !can_be_carried(*command)) {
    return fmt::format("ERR '{}' is no command that writes, and does so at once",
                       words.empty() ? std::string_view() : words[0].substr(0, kQuotedBytesMax));
  }
  if (!command->accepts(words.size())) {
    return fmt::format("ERR wrong number of arguments for '{}' command", command->name);
  }
  return std::nullopt;
}

}  // namespace quartz::server
