#include <array>
#include <string>

#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

void tell_count(CommandCall& call, std::string_view what, std::optional<std::string_view> name,
                std::size_t count) {
  call.reply.push(3);
  call.reply.bulk(what);
  if (name) {
    call.reply.bulk(*name);
  } else {
    call.reply.null();
  }
  call.reply.integer(static_cast<std::int64_t>(count));
}

template <class Change>
void change_each(CommandCall& call, std::string_view what, Change change) {
  for (const std::string_view name : call.arguments.subspan(1)) {
    tell_count(call, what, name, change(name));
  }
}

/// `rest`: how many subscriptions there are if there are none of these.
template <class Names, class Change>
void leave_all(CommandCall& call, std::string_view what, const Names& names, std::size_t rest,
               Change change) {
  const std::vector<std::string> all(names.begin(), names.end());
  for (const std::string& name : all) tell_count(call, what, name, change(name));
  if (all.empty()) tell_count(call, what, std::nullopt, rest);
}

std::size_t shared_count(const CommandCall& call) {
  return call.client.channels().size() + call.client.patterns().size();
}

Result<void> subscribe(CommandCall& call) {
  change_each(call, "subscribe",
              [&](std::string_view name) { return call.client.subscribe(name); });
  return {};
}

Result<void> psubscribe(CommandCall& call) {
  change_each(call, "psubscribe",
              [&](std::string_view name) { return call.client.subscribe_pattern(name); });
  return {};
}

Result<void> unsubscribe(CommandCall& call) {
  const auto leave = [&](std::string_view name) { return call.client.unsubscribe(name); };
  if (call.arguments.size() > 1) {
    change_each(call, "unsubscribe", leave);
  } else {
    leave_all(call, "unsubscribe", call.client.channels(), shared_count(call), leave);
  }
  return {};
}

Result<void> punsubscribe(CommandCall& call) {
  const auto leave = [&](std::string_view name) { return call.client.unsubscribe_pattern(name); };
  if (call.arguments.size() > 1) {
    change_each(call, "punsubscribe", leave);
  } else {
    leave_all(call, "punsubscribe", call.client.patterns(), shared_count(call), leave);
  }
  return {};
}

Result<void> ssubscribe(CommandCall& call) {
  change_each(call, "ssubscribe",
              [&](std::string_view name) { return call.client.subscribe_shard(name); });
  return {};
}

Result<void> sunsubscribe(CommandCall& call) {
  const auto leave = [&](std::string_view name) { return call.client.unsubscribe_shard(name); };
  if (call.arguments.size() > 1) {
    change_each(call, "sunsubscribe", leave);
  } else {
    leave_all(call, "sunsubscribe", call.client.shard_channels(), 0, leave);
  }
  return {};
}

Result<void> publish_to(CommandCall& call, ChannelSpace space) {
  const std::string_view channel = call.arguments[1];
  Publications& publications = call.server.service().publications();
  std::size_t count = 0;
  if (call.messages != nullptr) {
    count = publications.receiver_count(channel, space);
    call.messages->push_back(
        {.channel = std::string(channel), .text = std::string(call.arguments[2]), .space = space});
  } else {
    count = publications.publish(channel, call.arguments[2], space);
  }
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}

Result<void> publish(CommandCall& call) { return publish_to(call, ChannelSpace::shared); }
Result<void> spublish(CommandCall& call) { return publish_to(call, ChannelSpace::shard); }

Result<void> tell_channels(CommandCall& call, ChannelSpace space) {
  std::optional<std::string_view> pattern;
  if (call.arguments.size() > 2) pattern = call.arguments[2];
  const auto names = call.server.service().publications().channels(pattern, space);
  call.reply.array(names.size());
  for (const std::string& name : names) call.reply.bulk(name);
  return {};
}

Result<void> channels(CommandCall& call) { return tell_channels(call, ChannelSpace::shared); }
Result<void> shardchannels(CommandCall& call) { return tell_channels(call, ChannelSpace::shard); }

Result<void> tell_subscribers(CommandCall& call, ChannelSpace space) {
  const Publications& publications = call.server.service().publications();
  const auto names = call.arguments.subspan(2);
  call.reply.array(2 * names.size());
  for (const std::string_view name : names) {
    call.reply.bulk(name);
    call.reply.integer(static_cast<std::int64_t>(publications.subscriber_count(name, space)));
  }
  return {};
}
Result<void> numsub(CommandCall& call) { return tell_subscribers(call, ChannelSpace::shared); }
Result<void> shardnumsub(CommandCall& call) { return tell_subscribers(call, ChannelSpace::shard); }

Result<void> numpat(CommandCall& call) {
  call.reply.integer(
      static_cast<std::int64_t>(call.server.service().publications().pattern_count()));
  return {};
}

constexpr auto kListening = immediate | pubsub | in_subscription;

constexpr std::array kPubsubCommands = {
    Command{"psubscribe",
            -2,
            kListening,
            {},
            CommandGroup::pubsub,
            "Listens to channels by pattern",
            psubscribe},
    Command{"publish",
            3,
            immediate | pubsub | fast,
            {},
            CommandGroup::pubsub,
            "Sends to who listens",
            publish},
    Command{
        "pubsub", -2, immediate | pubsub, {}, CommandGroup::pubsub, "Who listens to what", nullptr},
    Command{"pubsub|channels",
            -2,
            immediate | pubsub,
            {},
            CommandGroup::pubsub,
            "Channels that are listened to",
            channels},
    Command{"pubsub|numpat",
            2,
            immediate | pubsub,
            {},
            CommandGroup::pubsub,
            "How many patterns there are",
            numpat},
    Command{"pubsub|numsub",
            -2,
            immediate | pubsub,
            {},
            CommandGroup::pubsub,
            "How many listen to channels",
            numsub},
    Command{"pubsub|shardchannels",
            -2,
            immediate | pubsub,
            {},
            CommandGroup::pubsub,
            "Channels of the shard that are listened to",
            shardchannels},
    Command{"pubsub|shardnumsub",
            -2,
            immediate | pubsub,
            {},
            CommandGroup::pubsub,
            "How many listen to channels of the shard",
            shardnumsub},
    Command{"punsubscribe",
            -1,
            kListening,
            {},
            CommandGroup::pubsub,
            "Listens no more, by pattern",
            punsubscribe},
    Command{"spublish",
            3,
            immediate | pubsub | fast,
            {},
            CommandGroup::pubsub,
            "Sends to who listens to a channel of the shard",
            spublish},
    Command{"ssubscribe",
            -2,
            kListening,
            {},
            CommandGroup::pubsub,
            "Listens to channels of the shard",
            ssubscribe},
    Command{
        "subscribe", -2, kListening, {}, CommandGroup::pubsub, "Listens to channels", subscribe},
    Command{"sunsubscribe",
            -1,
            kListening,
            {},
            CommandGroup::pubsub,
            "Listens no more to channels of the shard",
            sunsubscribe},
    Command{
        "unsubscribe", -1, kListening, {}, CommandGroup::pubsub, "Listens no more", unsubscribe},
};

}  // namespace

std::span<const Command> pubsub_commands() noexcept { return kPubsubCommands; }

}  // namespace quartz::server
