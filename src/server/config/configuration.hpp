#pragma once

#include <map>
#include <string>

#include "quartz/result.hpp"
#include "server/config/option_value.hpp"
#include "server/config/settings.hpp"

namespace quartz::server {

/// The settings, and where each of them came from.
class Configuration {
 public:
  /// Takes over what a source says; what an earlier one said about the same options is forgotten.
  /// `invalid_argument` naming the place of a value that its option cannot have.
  Result<void> apply(const OptionValues& values);

  /// Whether the server would start with it, as far as can be told without starting it.
  /// `invalid_argument` naming the option, and where its value came from.
  Result<void> check() const;
  /// The same of the files of certificates that it names, which are read.
  Result<void> check_files() const;

  const Settings& settings() const noexcept { return settings_; }
  /// "default" for what no source spoke of.
  std::string origin(const Option& option) const;

  /// All options in TOML, with their origins as comments. Read back, it is the same configuration.
  std::string print() const;

 private:
  Error blamed(std::string message) const;

  Settings settings_;
  std::map<const Option*, std::string> origins_;
};

}  // namespace quartz::server
