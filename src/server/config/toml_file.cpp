#include "server/config/toml_file.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/try.hpp"
#include "io/file_system.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;

std::string place(const std::string& path, const toml::source_region& source) {
  return fmt::format("{}:{}", path, source.begin.line);
}

Error wrong(const std::string& where, std::string_view what) {
  return {Errc::invalid_argument, fmt::format("{}: {}", where, what)};
}

const Option* find_option(std::string_view section, std::string_view name) {
  const auto options = all_options();
  const auto found = std::ranges::find_if(options, [&](const Option& option) {
    return option.section == section && option.name == name;
  });
  return found == options.end() ? nullptr : &*found;
}

bool is_section(std::string_view name) {
  return std::ranges::any_of(
      all_options(), [&](const Option& option) { return !name.empty() && option.section == name; });
}

// The value as the readers of options take it; nothing if none of them would.
std::optional<std::string> text_of(const toml::node& node, bool list) {
  if (const auto* text = node.as_string()) {
    // A text with a comma would be two of a list.
    if (list && text->get().find(',') != std::string::npos) return std::nullopt;
    return text->get();
  }
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  const auto* const array = node.as_array();
  if (array == nullptr || !list) return std::nullopt;
  std::string joined;
  for (const toml::node& element : *array) {
    const auto text = element.is_string() ? text_of(element, true) : std::nullopt;
    if (!text) return std::nullopt;
    if (!joined.empty()) joined += ',';
    joined += *text;
  }
  return joined;
}

Result<void> add_value(OptionValues& to, std::string_view section, std::string_view name,
                       const toml::node& node, const std::string& path) {
  const std::string where = place(path, node.source());
  const Option* const option = find_option(section, name);
  if (option == nullptr) {
    return wrong(
        where, fmt::format("there is no option {}{}{}", section, section.empty() ? "" : ".", name));
  }
  auto text = text_of(node, option->type == OptionType::list);
  if (!text) {
    return wrong(where, fmt::format("{} is no {}", option->path(),
                                    option->type == OptionType::list ? "array of strings"
                                                                     : "text, number or flag"));
  }
  to.push_back({option, *std::move(text), where});
  return {};
}

}  // namespace

Result<OptionValues> read_toml(std::string_view text, const std::string& path) {
  const toml::parse_result parsed = toml::parse(text, path);
  if (!parsed) {
    return wrong(place(path, parsed.error().source()), parsed.error().description());
  }
  OptionValues values;
  for (const auto& [key, node] : parsed.table()) {
    const toml::table* const section = node.as_table();
    if (section == nullptr) {
      QUARTZ_TRY(add_value(values, "", key.str(), node, path));
      continue;
    }
    if (!is_section(key.str())) {
      return wrong(place(path, node.source()), fmt::format("there is no section {}", key.str()));
    }
    for (const auto& [name, value] : *section) {
      QUARTZ_TRY(add_value(values, key.str(), name.str(), value, path));
    }
  }
  return values;
}

Result<OptionValues> read_toml_file(const std::string& path) {
  QUARTZ_ASSIGN(const auto bytes, io::read_file(io::posix_file_system(), path, kFileBytesMax));
  return read_toml({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

std::string toml_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += fmt::format("\\u{:04x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace quartz::server
