#include "server/config/configuration.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/config/option_text.hpp"
#include "server/config/toml_file.hpp"
#include "server/server_config_check.hpp"
#include "server/transport/tls_certificates.hpp"
#include "storage/config_check.hpp"

namespace quartz::server {
namespace {

std::string toml_value(const Option& option, const std::string& text) {
  switch (option.type) {
    case OptionType::boolean:
    case OptionType::number:
      return text;
    case OptionType::list: {
      std::string array = "[";
      for (const std::string& value : read_list(text)) {
        if (array.size() > 1) array += ", ";
        array += toml_string(value);
      }
      return array + "]";
    }
    case OptionType::size:
    case OptionType::duration:
    case OptionType::text:
      break;
  }
  return toml_string(text);
}

// A comment ends with its line, which the path of a file need not.
std::string in_comment(std::string text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  std::ranges::replace_if(text, is_control, '?');
  return text;
}

}  // namespace

Result<void> Configuration::apply(const OptionValues& values) {
  for (const OptionValue& value : values) {
    const auto set = value.option->set(settings_, value.text);
    if (!set) {
      return Error(Errc::invalid_argument,
                   fmt::format("{}: {}", value.origin, set.error().message()));
    }
    origins_[value.option] = value.origin;
  }
  return {};
}

std::string Configuration::origin(const Option& option) const {
  const auto found = origins_.find(&option);
  return found == origins_.end() ? "default" : found->second;
}

Result<void> Configuration::check() const {
  // An application may be the only client of its own server; a program has no others than these.
  if (!settings_.server.http.enabled && !settings_.server.resp.enabled) {
    return Error(Errc::invalid_argument, "http: neither this protocol nor resp is enabled");
  }
  if (const auto checked = check_server_config(settings_.server); !checked) {
    return blamed(checked.error().message());
  }
  const auto apart = check_backup_directory(settings_.server.backup_directory, settings_.data_dir);
  if (!apart) return blamed(apart.error().message());
  // The engine's options have a section here, "segment_bytes = 1 is …" has none.
  const auto storage = storage::check_config(settings_.storage);
  if (!storage) return blamed("storage." + storage.error().message());
  return {};
}

// The server says `io_error` of one that cannot be read; before it is started, what names it is
// wrong.
Result<void> Configuration::check_files() const {
  const auto certificates = TlsCertificates::load(settings_.server.tls);
  if (!certificates) return blamed(certificates.error().message());
  return {};
}

// The checks speak of the options of ServerConfig, some of which have shorter names here.
Error Configuration::blamed(std::string message) const {
  for (const auto& [theirs, ours] : {std::pair{"http_address:", "address:"},
                                     std::pair{"slow_request_threshold:", "log.slow_threshold:"},
                                     std::pair{"slow_commands_max:", "log.slow_commands_max:"},
                                     std::pair{"latency_threshold:", "log.latency_threshold:"}}) {
    if (message.starts_with(theirs)) message.replace(0, std::string_view(theirs).size(), ours);
  }
  for (const Option& option : all_options()) {
    const std::string path = option.path();
    if (message.starts_with(path + ":") || message.starts_with(path + " ")) {
      return {Errc::invalid_argument, fmt::format("{} ({})", message, origin(option))};
    }
  }
  return {Errc::invalid_argument, std::move(message)};
}

std::string Configuration::print() const {
  std::string text;
  const auto out = std::back_inserter(text);
  std::string_view section;
  for (const Option& option : all_options()) {
    if (option.section != section) {
      section = option.section;
      fmt::format_to(out, "\n[{}]\n", section);
    }
    fmt::format_to(out, "{} = {}  # {}\n", option.name, toml_value(option, option.get(settings_)),
                   in_comment(origin(option)));
  }
  return text;
}

}  // namespace quartz::server
