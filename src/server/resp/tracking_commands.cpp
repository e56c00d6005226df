#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

// The code is spelt, as some of the texts begin with a word that looks like one.
Error refused(std::string_view why) { return {Errc::invalid_argument, fmt::format("ERR {}", why)}; }

bool overlap(std::string_view a, std::string_view b) noexcept {
  return a.starts_with(b) || b.starts_with(a);
}

Result<std::uint64_t> redirection_of(CommandCall& call, std::string_view word) {
  QUARTZ_ASSIGN(const std::int64_t id, integer_of(word));
  if (id < 0 || (id > 0 && !call.server.find(static_cast<std::uint64_t>(id)))) {
    return refused("The client ID you want redirect to does not exist");
  }
  return static_cast<std::uint64_t>(id);
}

Result<TrackingOptions> read_options(CommandCall& call) {
  TrackingOptions options;
  const Words words = call.arguments;
  for (std::size_t i = 3; i < words.size(); ++i) {
    const bool more = i + 1 < words.size();
    if (is_same_word(words[i], "REDIRECT") && more) {
      if (options.redirect != 0) {
        return refused("A client can only redirect to a single other client");
      }
      QUARTZ_ASSIGN(options.redirect, redirection_of(call, words[++i]));
    } else if (is_same_word(words[i], "BCAST")) {
      options.broadcast = true;
    } else if (is_same_word(words[i], "OPTIN")) {
      options.opt_in = true;
    } else if (is_same_word(words[i], "OPTOUT")) {
      options.opt_out = true;
    } else if (is_same_word(words[i], "NOLOOP")) {
      options.no_loop = true;
    } else if (is_same_word(words[i], "PREFIX") && more) {
      options.prefixes.emplace_back(words[++i]);
    } else {
      return syntax_error();
    }
  }
  return options;
}

Result<void> check_prefixes(const TrackingOptions& asked, const TrackingOptions& present) {
  for (std::size_t i = 0; i < asked.prefixes.size(); ++i) {
    for (const std::string& other : present.prefixes) {
      if (!overlap(asked.prefixes[i], other)) continue;
      return refused(
          fmt::format("Prefix '{}' overlaps with an existing prefix '{}'. Prefixes for "
                      "a single client must not overlap.",
                      asked.prefixes[i], other));
    }
    for (std::size_t j = i + 1; j < asked.prefixes.size(); ++j) {
      if (!overlap(asked.prefixes[i], asked.prefixes[j])) continue;
      return refused(
          fmt::format("Prefix '{}' overlaps with another provided prefix '{}'. Prefixes "
                      "for a single client must not overlap.",
                      asked.prefixes[i], asked.prefixes[j]));
    }
  }
  return {};
}

Result<void> check_options(const TrackingOptions& asked, const TrackingOptions& present) {
  if (!asked.broadcast && !asked.prefixes.empty()) {
    return refused("PREFIX option requires BCAST mode to be enabled");
  }
  if (present.on && present.broadcast != asked.broadcast) {
    return refused(
        "You can't switch BCAST mode on/off before disabling tracking for this client, "
        "and then re-enabling it with a different mode.");
  }
  if (asked.broadcast && (asked.opt_in || asked.opt_out)) {
    return refused("OPTIN and OPTOUT are not compatible with BCAST");
  }
  if (asked.opt_in && asked.opt_out) {
    return refused("You can't specify both OPTIN mode and OPTOUT mode");
  }
  if (present.on && ((asked.opt_in && present.opt_out) || (asked.opt_out && present.opt_in))) {
    return refused(
        "You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, "
        "and then re-enabling it with a different mode.");
  }
  return asked.broadcast ? check_prefixes(asked, present) : Result<void>();
}

// Names of keys are not for those who may not read them.
Result<void> check_grants(const CommandCall& call, const TrackingOptions& options) {
  for (const std::string& prefix : options.prefixes) {
    if (call.client.grants().may_all(Right::kv_read, prefix)) continue;
    return Error(Errc::invalid_argument,
                 "NOPERM this user has no permissions to access one of the keys used as "
                 "arguments");
  }
  return {};
}

Result<void> tracking(CommandCall& call) {
  QUARTZ_ASSIGN(TrackingOptions options, read_options(call));
  const TrackingOptions& present = call.client.tracking();
  if (is_same_word(call.arguments[2], "OFF")) {
    options = TrackingOptions();
  } else if (is_same_word(call.arguments[2], "ON")) {
    QUARTZ_TRY(check_options(options, present));
    options.on = true;
    options.prefixes.insert(options.prefixes.begin(), present.prefixes.begin(),
                            present.prefixes.end());
    if (options.broadcast && options.prefixes.empty()) options.prefixes.emplace_back();
    QUARTZ_TRY(check_grants(call, options));
  } else {
    return syntax_error();
  }
  call.client.track(std::move(options));
  call.reply.simple("OK");
  return {};
}

Result<void> caching(CommandCall& call) {
  const TrackingOptions& present = call.client.tracking();
  if (!present.on || (!present.opt_in && !present.opt_out)) {
    return refused(
        "CLIENT CACHING can be called only when the client is in tracking mode with "
        "OPTIN or OPTOUT mode enabled");
  }
  const bool yes = is_same_word(call.arguments[2], "YES");
  if (!yes && !is_same_word(call.arguments[2], "NO")) return syntax_error();
  if (yes && !present.opt_in) {
    return refused("CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
  }
  if (!yes && !present.opt_out) {
    return refused("CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
  }
  call.client.set_caching(yes);
  call.reply.simple("OK");
  return {};
}

std::int64_t redirection(const TrackingOptions& options) noexcept {
  return options.on ? static_cast<std::int64_t>(options.redirect) : -1;
}

Result<void> getredir(CommandCall& call) {
  call.reply.integer(redirection(call.client.tracking()));
  return {};
}

Result<void> trackinginfo(CommandCall& call) {
  const TrackingOptions& options = call.client.tracking();
  const auto caching = call.client.caching();
  std::vector<std::string_view> flags = {options.on ? "on" : "off"};
  if (options.broadcast) flags.emplace_back("bcast");
  if (options.opt_in) flags.emplace_back("optin");
  if (options.opt_in && caching == true) flags.emplace_back("caching-yes");
  if (options.opt_out) flags.emplace_back("optout");
  if (options.opt_out && caching == false) flags.emplace_back("caching-no");
  if (options.no_loop) flags.emplace_back("noloop");
  if (call.server.invalidations().is_redirection_broken(call.client.id())) {
    flags.emplace_back("broken_redirect");
  }
  call.reply.map(3);
  call.reply.bulk("flags");
  call.reply.set(flags.size());
  for (const std::string_view flag : flags) call.reply.bulk(flag);
  call.reply.bulk("redirect");
  call.reply.integer(redirection(options));
  call.reply.bulk("prefixes");
  call.reply.array(options.prefixes.size());
  for (const std::string& prefix : options.prefixes) call.reply.bulk(prefix);
  return {};
}

constexpr std::array kTrackingCommands = {
    Command{"client|caching",
            3,
            immediate,
            {},
            CommandGroup::connection,
            "About the keys read next",
            caching},
    Command{"client|getredir",
            2,
            immediate,
            {},
            CommandGroup::connection,
            "Who is told instead",
            getredir},
    Command{"client|tracking",
            -3,
            immediate,
            {},
            CommandGroup::connection,
            "Tells when keys change",
            tracking},
    Command{"client|trackinginfo",
            2,
            immediate,
            {},
            CommandGroup::connection,
            "What is tracked",
            trackinginfo},
};

}  // namespace

std::span<const Command> tracking_commands() noexcept { return kTrackingCommands; }

}  // namespace quartz::server
