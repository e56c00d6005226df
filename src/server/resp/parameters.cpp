#include "server/resp/parameters.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "protocol/glob.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

std::string lower(std::string_view word) {
  std::string name(word);
  std::ranges::transform(name, name.begin(), to_lower);
  return name;
}

Error unknown(std::string_view name) {
  return {Errc::invalid_argument,
          fmt::format("Unknown option or number of arguments for CONFIG SET - '{}'", name)};
}

Error failed(std::string_view name, std::string_view why) {
  return {Errc::invalid_argument,
          fmt::format("CONFIG SET failed (possibly related to argument '{}') - {}", name, why)};
}

Result<std::int64_t> parsed_number(std::string_view text) {
  if (const auto number = to_integer(text)) return *number;
  return Error(Errc::invalid_argument, "argument couldn't be parsed into an integer");
}

}  // namespace

Parameters::Parameters(Service& service) {
  add_fixed("appendonly", "yes");
  add_fixed("appendfsync", "everysec");
  add_fixed("databases", fmt::format("{}", Databases::kCount));
  add_fixed("maxmemory", "0");
  add_fixed("maxmemory-policy", "noeviction");
  add_fixed("save", "");
  add_fixed("dir", service.engine().directory().string());
  add_fixed("cluster-enabled", "no");
  add_number("hash-max-listpack-entries", "512");
  add_number("hash-max-listpack-value", "64");
  add_number("set-max-intset-entries", "512");
  add_number("zset-max-listpack-entries", "128");
  add_number("zset-max-listpack-value", "64");
  add_number("list-max-listpack-size", "-2");
  add_number("list-compress-depth", "0");
  add_number("timeout", "0");
  MutexLock lock(mutex_);
  parameters_["notify-keyspace-events"] = {
      .value = "",
      .change = [&service](std::string_view value) { return service.key_events().choose(value); },
      .check = {},
      .read = [&service] { return service.key_events().chosen(); }};
}

void Parameters::add_fixed(std::string_view name, std::string_view value) {
  MutexLock lock(mutex_);
  parameters_[std::string(name)] = {.value = std::string(value), .change = {}};
}

void Parameters::add_number(std::string_view name, std::string_view value) {
  MutexLock lock(mutex_);
  parameters_[std::string(name)] = {.value = std::string(value),
                                    .change = [](std::string_view) { return Result<void>(); },
                                    .check = [](std::string_view text) -> Result<void> {
                                      QUARTZ_TRY(parsed_number(text));
                                      return {};
                                    }};
}

void Parameters::add_number(std::string_view name, Range range, std::function<std::int64_t()> read,
                            std::function<void(std::int64_t)> change) {
  MutexLock lock(mutex_);
  parameters_[std::string(name)] = {
      .value = {},
      .change = [change = std::move(change)](std::string_view text) -> Result<void> {
        QUARTZ_ASSIGN(const std::int64_t number, parsed_number(text));
        change(number);
        return {};
      },
      .check = [range](std::string_view text) -> Result<void> {
        QUARTZ_ASSIGN(const std::int64_t number, parsed_number(text));
        if (number >= range.least && number <= range.most) return {};
        return Error(
            Errc::invalid_argument,
            fmt::format("argument must be between {} and {} inclusive", range.least, range.most));
      },
      .read = [read = std::move(read)] { return fmt::format("{}", read()); }};
}

void Parameters::add_text(std::string_view name, std::function<std::string()> read,
                          std::function<Result<void>(std::string_view)> change) {
  MutexLock lock(mutex_);
  parameters_[std::string(name)] = {
      .value = {}, .change = std::move(change), .read = std::move(read)};
}

std::vector<std::pair<std::string, std::string>> Parameters::matching(
    std::span<const std::string_view> patterns) const {
  MutexLock lock(mutex_);
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& entry : parameters_) {
    const bool asked = std::ranges::any_of(patterns, [&](std::string_view pattern) {
      return protocol::matches_glob(lower(pattern), entry.first);
    });
    if (asked) found.emplace_back(entry.first, entry.second.current());
  }
  return found;
}

Result<std::vector<Parameters::Parameter*>> Parameters::find_all_locked(Values values) {
  std::vector<Parameter*> all;
  for (const auto& [word, value] : values) {
    const auto found = parameters_.find(lower(word));
    if (found == parameters_.end()) return unknown(word);
    if (!found->second.change) return failed(word, "can't set immutable config");
    if (std::ranges::find(all, &found->second) != all.end()) {
      return failed(word, "duplicate parameter");
    }
    all.push_back(&found->second);
  }
  return all;
}

// What can be checked changes last, when nothing can fail any more; what cannot gets the value back
// that it had, as far as that can be read, if anything behind it fails.
Result<void> Parameters::set(Values values) {
  MutexLock lock(mutex_);
  QUARTZ_ASSIGN(const std::vector<Parameter*> parameters, find_all_locked(values));
  std::vector<std::pair<Parameter*, std::string>> before;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Parameter& parameter = *parameters[i];
    const auto& [word, value] = values[i];
    std::string old = parameter.current();
    const Result<void> taken = parameter.check ? parameter.check(value) : parameter.change(value);
    if (!taken) {
      for (; !before.empty(); before.pop_back()) {
        static_cast<void>(before.back().first->change(before.back().second));
      }
      return failed(word, taken.error().message());
    }
    if (!parameter.check && parameter.read) before.emplace_back(&parameter, std::move(old));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    Parameter& parameter = *parameters[i];
    if (parameter.check) QUARTZ_TRY(parameter.change(values[i].second));
    if (!parameter.read) parameter.value = values[i].second;
  }
  return {};
}

std::string Parameters::value(std::string_view name) const {
  MutexLock lock(mutex_);
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? std::string() : found->second.current();
}

}  // namespace quartz::server
