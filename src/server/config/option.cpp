#include "server/config/option.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/config/option_text.hpp"

namespace quartz::server {
namespace {

// `field(settings)` is a reference to the member; const or not, as the settings are.
template <class Field>
Option boolean(std::string_view section, std::string_view name, std::string_view description,
               Field field) {
  return {.section = section,
          .name = name,
          .type = OptionType::boolean,
          .description = description,
          .set = [field](Settings& to, std::string_view text) -> Result<void> {
            QUARTZ_ASSIGN(field(to), read_bool(text));
            return {};
          },
          .get = [field](const Settings& from) { return write_bool(field(from)); }};
}

template <class Field>
Option number(std::string_view section, std::string_view name, std::string_view description,
              std::uint64_t least, std::uint64_t most, Field field) {
  return {.section = section,
          .name = name,
          .type = OptionType::number,
          .description = description,
          .set = [field, least, most](Settings& to, std::string_view text) -> Result<void> {
            using Value = std::remove_cvref_t<decltype(field(to))>;
            QUARTZ_ASSIGN(const std::uint64_t value, read_number(text, least, most));
            field(to) = static_cast<Value>(value);
            return {};
          },
          .get = [field](const Settings& from) { return std::to_string(field(from)); }};
}

template <class Field>
Option size(std::string_view section, std::string_view name, std::string_view description,
            Field field) {
  return {.section = section,
          .name = name,
          .type = OptionType::size,
          .description = description,
          .set = [field](Settings& to, std::string_view text) -> Result<void> {
            QUARTZ_ASSIGN(field(to), read_size(text));
            return {};
          },
          .get = [field](const Settings& from) { return write_size(field(from)); }};
}

template <class Field>
Option duration(std::string_view section, std::string_view name, std::string_view description,
                Field field) {
  return {.section = section,
          .name = name,
          .type = OptionType::duration,
          .description = description,
          .set = [field](Settings& to, std::string_view text) -> Result<void> {
            QUARTZ_ASSIGN(field(to), read_duration(text));
            return {};
          },
          .get = [field](const Settings& from) { return write_duration(field(from)); }};
}

template <class Field>
Option text(std::string_view section, std::string_view name, std::string_view description,
            Field field) {
  return {.section = section,
          .name = name,
          .type = OptionType::text,
          .description = description,
          .set = [field](Settings& to, std::string_view value) -> Result<void> {
            field(to) = std::string(value);
            return {};
          },
          .get = [field](const Settings& from) { return std::string(field(from)); }};
}

// `words` are those of the values 0, 1, 2…, with bars between them.
template <class Field>
Option choice(std::string_view section, std::string_view name, std::string_view description,
              std::string_view words, Field field) {
  const auto split = [words] {
    std::vector<std::string_view> all;
    for (std::string_view rest = words; !rest.empty();) {
      all.push_back(rest.substr(0, rest.find('|')));
      rest.remove_prefix(std::min(all.back().size() + 1, rest.size()));
    }
    return all;
  };
  return {.section = section,
          .name = name,
          .type = OptionType::text,
          .description = description,
          .values = words,
          .set = [field, split, words](Settings& to, std::string_view value) -> Result<void> {
            using Value = std::remove_cvref_t<decltype(field(to))>;
            const auto all = split();
            for (std::size_t index = 0; index < all.size(); ++index) {
              if (all[index] != value) continue;
              field(to) = static_cast<Value>(index);
              return {};
            }
            return Error(Errc::invalid_argument, fmt::format("\"{}\" is not {}", value, words));
          },
          .get =
              [field, split](const Settings& from) {
                return std::string(split()[static_cast<std::size_t>(field(from))]);
              }};
}

template <class Field>
Option list(std::string_view section, std::string_view name, std::string_view description,
            Field field) {
  return {.section = section,
          .name = name,
          .type = OptionType::list,
          .description = description,
          .set = [field](Settings& to, std::string_view value) -> Result<void> {
            field(to) = read_list(value);
            return {};
          },
          .get = [field](const Settings& from) { return write_list(field(from)); }};
}

Option live(Option option) {
  option.live = true;
  return option;
}

// The member of either kind of settings.
#define QUARTZ_FIELD(member) [](auto& settings) -> auto& { return settings.member; }

constexpr std::uint64_t kPortMax = 65'535;
constexpr std::uint64_t kCountMax = std::numeric_limits<std::uint32_t>::max();

std::vector<Option> server_options() {
  return {
      text("", "data_dir", "Directory of the database; created if it is not there",
           QUARTZ_FIELD(data_dir)),
      number("", "port", "Port of HTTP; 0: any free one", 0, kPortMax,
             QUARTZ_FIELD(server.http.port)),
      text("", "address", "Address of HTTP; only loopback ones without authentication",
           QUARTZ_FIELD(server.http.address)),
      boolean("", "http", "Whether to serve HTTP", QUARTZ_FIELD(server.http.enabled)),
      number("", "resp_port", "Port of the protocol of Redis; 0: any free one", 0, kPortMax,
             QUARTZ_FIELD(server.resp.port)),
      text("", "resp_address", "Address of the protocol of Redis",
           QUARTZ_FIELD(server.resp.address)),
      boolean("", "resp", "Whether to serve the protocol of Redis",
              QUARTZ_FIELD(server.resp.enabled)),
      number("", "io_threads", "Threads that serve connections; 0: one for each usable processor",
             0, 256, QUARTZ_FIELD(server.io_threads)),
      number("", "worker_threads", "Threads for work that blocks", 1, 256,
             QUARTZ_FIELD(server.worker_threads)),
      text("", "backup_directory", "Where backups that clients ask for are put; empty: nowhere",
           QUARTZ_FIELD(server.backup_directory)),
      live(number("", "connections_max", "Most connections at a time, of all protocols", 1,
                  1'000'000, QUARTZ_FIELD(server.connections_max))),
      live(duration("", "drain_timeout",
                    "How long running requests may go on when the server stops",
                    QUARTZ_FIELD(server.drain_timeout))),
  };
}

std::vector<Option> limit_options() {
  return {
      live(size("limits", "header_bytes_max", "Request line and headers of HTTP",
                QUARTZ_FIELD(server.limits.header_bytes_max))),
      live(number("limits", "header_count_max", "Headers of a request", 1, 10'000,
                  QUARTZ_FIELD(server.limits.header_count_max))),
      live(size("limits", "body_bytes_max", "Body of a request",
                QUARTZ_FIELD(server.limits.body_bytes_max))),
      live(size(
          "limits", "buffered_bytes_max",
          "Of all connections: requests not whole, answers not taken, commands that wait for EXEC",
          QUARTZ_FIELD(server.limits.buffered_bytes_max))),
      live(size("limits", "unread_bytes_max",
                "What a client of Redis's protocol may leave unread of messages to it",
                QUARTZ_FIELD(server.limits.unread_bytes_max))),
      live(duration("limits", "unread_timeout",
                    "How long such a client may take nothing of what it was sent; 0: for ever",
                    QUARTZ_FIELD(server.limits.unread_timeout))),
      live(duration("limits", "header_timeout", "First byte of a request to its last header",
                    QUARTZ_FIELD(server.limits.header_timeout))),
      live(size("limits", "transfer_bytes_per_second_min",
                "Peers that are slower on the whole are cut off; 0: none",
                QUARTZ_FIELD(server.limits.transfer_bytes_per_second_min))),
      live(duration("limits", "idle_timeout", "Between two requests of a connection; 0: for ever",
                    QUARTZ_FIELD(server.limits.idle_timeout))),
      live(duration("limits", "tls_handshake_timeout", "For a handshake of TLS",
                    QUARTZ_FIELD(server.limits.tls_handshake_timeout))),
      live(number("limits", "requests_per_second",
                  "Requests of one user, and of one address; 0: no limit", 0, 1'000'000'000,
                  QUARTZ_FIELD(server.limits.requests_per_second))),
  };
}

std::vector<Option> idempotency_options() {
  constexpr std::string_view kSection = "idempotency";
  return {
      duration(kSection, "window", "How long a request with a key is remembered",
               QUARTZ_FIELD(server.idempotency.window)),
      number(kSection, "keys_max", "Keys that are remembered; 0: none may be given", 0, kCountMax,
             QUARTZ_FIELD(server.idempotency.keys_max)),
      size(kSection, "bytes_max", "Of keys and replies that are remembered",
           QUARTZ_FIELD(server.idempotency.bytes_max)),
      size(kSection, "reply_bytes_max",
           "Larger replies are not remembered, only that there was one",
           QUARTZ_FIELD(server.idempotency.reply_bytes_max)),
  };
}

std::vector<Option> access_options() {
  return {
      boolean("auth", "required",
              "Whether clients must say who they are even before there is a user",
              QUARTZ_FIELD(server.authentication.required)),
      text("tls", "certificate_file", "Certificate chain in PEM; empty: no encryption",
           QUARTZ_FIELD(server.tls.certificate_file)),
      text("tls", "key_file", "Its private key in PEM", QUARTZ_FIELD(server.tls.key_file)),
      text("tls", "client_ca_file", "Clients must show a certificate that this one signed",
           QUARTZ_FIELD(server.tls.client_ca_file)),
      live(list("cors", "origins", "Web pages that may use HTTP from a browser; *: any",
                QUARTZ_FIELD(server.cors.origins))),
  };
}

std::vector<Option> log_options() {
  return {
      choice("log", "format", "Form of the log on standard error", "text|json",
             QUARTZ_FIELD(log.format)),
      live(choice("log", "level", "Least severity that is logged", "debug|info|warning|error",
                  QUARTZ_FIELD(log.level))),
      live(boolean("log", "access", "Whether each request is logged", QUARTZ_FIELD(log.access))),
      live(duration("log", "slow_threshold",
                    "Commands that take as long are kept, requests of HTTP warned of; 0: none",
                    QUARTZ_FIELD(server.slow_request_threshold))),
      live(number("log", "slow_commands_max", "Commands that are kept for SLOWLOG", 0, 1'000'000,
                  QUARTZ_FIELD(server.slow_commands_max))),
      live(duration("log", "latency_threshold",
                    "Events that take as long are kept for LATENCY; 0: none",
                    QUARTZ_FIELD(server.latency_threshold))),
  };
}

std::vector<Option> storage_options() {
  constexpr std::string_view kSection = "storage";
  return {
      boolean(kSection, "create_if_missing", "Whether to create a database that is not there",
              QUARTZ_FIELD(storage.create_if_missing)),
      boolean(kSection, "error_if_exists", "Whether to refuse a database that is there",
              QUARTZ_FIELD(storage.error_if_exists)),
      choice(kSection, "durability", "What an acknowledged write survives", "memory|process|disk",
             QUARTZ_FIELD(storage.durability)),
      boolean(kSection, "enable_wal", "Whether writes are logged",
              QUARTZ_FIELD(storage.enable_wal)),
      choice(kSection, "log_medium", "How the log reaches its file", "automatic|mapped|file",
             QUARTZ_FIELD(storage.log_medium)),
      number(kSection, "cache_size", "Rows in the row cache; 0: no row cache", 0, kCountMax,
             QUARTZ_FIELD(storage.cache_size)),
      size(kSection, "cache_bytes", "Bytes of the row cache; 0: no row cache",
           QUARTZ_FIELD(storage.cache_bytes)),
      size(kSection, "segment_bytes", "One file of the log, and one memtable",
           QUARTZ_FIELD(storage.segment_bytes)),
      size(kSection, "memtable_bytes", "All memtables", QUARTZ_FIELD(storage.memtable_bytes)),
      duration(kSection, "flush_interval", "Oldest unflushed write; 0: by size only",
               QUARTZ_FIELD(storage.flush_interval)),
      size(kSection, "block_cache_bytes", "Blocks of the levels in memory",
           QUARTZ_FIELD(storage.block_cache_bytes)),
      number(kSection, "compaction_threshold", "Files in level 0 that start a compaction", 1, 64,
             QUARTZ_FIELD(storage.compaction_threshold)),
      number(kSection, "level0_files_max", "Writers slow down towards it and wait at it", 1,
             kCountMax, QUARTZ_FIELD(storage.level0_files_max)),
      number(kSection, "max_level_size", "Files in level 1; ten times more in each below", 1,
             kCountMax, QUARTZ_FIELD(storage.max_level_size)),
      size(kSection, "table_file_bytes", "One file of a level",
           QUARTZ_FIELD(storage.table_file_bytes)),
      number(kSection, "compaction_threads", "Background threads of the levels", 1, 64,
             QUARTZ_FIELD(storage.compaction_threads)),
      boolean(kSection, "start_compaction", "Whether compaction is on",
              QUARTZ_FIELD(storage.start_compaction)),
      size(kSection, "free_space_min_bytes", "Puts are refused with less room on the disk",
           QUARTZ_FIELD(storage.free_space_min_bytes)),
      number(kSection, "read_threads", "Threads of asynchronous reads", 1, 256,
             QUARTZ_FIELD(storage.read_threads)),
  };
}

#undef QUARTZ_FIELD

// "storage.cache_size" is `cache_size` in flags and variables: people type these.
std::string joined(const Option& option, char separator) {
  if (option.section.empty() || option.section == "storage") return std::string(option.name);
  return fmt::format("{}{}{}", option.section, separator, option.name);
}

}  // namespace

std::string Option::path() const {
  return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

std::string Option::flag() const {
  std::string text = "--" + joined(*this, '-');
  for (char& c : text) {
    if (c == '_') c = '-';
  }
  return text;
}

std::string Option::variable() const {
  std::string text = "QUARTZ_" + joined(*this, '_');
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  }
  return text;
}

std::span<const Option> all_options() {
  static const std::vector<Option> all = [] {
    std::vector<Option> options;
    for (std::vector<Option> part : {server_options(), limit_options(), idempotency_options(),
                                     access_options(), log_options(), storage_options()}) {
      std::ranges::move(part, std::back_inserter(options));
    }
    return options;
  }();
  return all;
}

std::string_view type_word(const Option& option) noexcept {
  if (!option.values.empty()) return option.values;
  switch (option.type) {
    case OptionType::boolean:
      return "true|false";
    case OptionType::number:
      return "NUMBER";
    case OptionType::size:
      return "SIZE";
    case OptionType::duration:
      return "TIME";
    case OptionType::text:
      return "TEXT";
    case OptionType::list:
      return "LIST";
  }
  return "";
}

}  // namespace quartz::server
