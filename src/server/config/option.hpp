#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/config/settings.hpp"

namespace quartz::server {

/// How the value of an option looks in TOML, and what `--help` says of it.
enum class OptionType : std::uint8_t { boolean, number, size, duration, text, list };

/// One option of the program. File, variables, flags, `--print-config` and the guide all go by it.
struct Option {
  std::string_view section;  ///< Of the file: "limits"; empty: above all sections.
  std::string_view name;     ///< Within the section: "header_bytes_max".
  OptionType type;
  std::string_view description;
  std::string_view values = {};  ///< Of a text that has only some: "text|json".
  bool live = false;             ///< May change while the server runs.
  /// The error says what was expected; it does not name the option.
  std::function<Result<void>(Settings&, std::string_view)> set;
  std::function<std::string(const Settings&)> get;

  // By one rule: section and name, but for the section `storage`, which is not spelt.
  std::string path() const;      ///< "limits.header_bytes_max", as files have it.
  std::string flag() const;      ///< "--limits-header-bytes-max".
  std::string variable() const;  ///< "QUARTZ_LIMITS_HEADER_BYTES_MAX".
};

/// All of them, section by section.
std::span<const Option> all_options();

/// The word for a type: "SIZE".
std::string_view type_word(const Option& option) noexcept;

}  // namespace quartz::server
