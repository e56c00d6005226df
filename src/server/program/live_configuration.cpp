#include "server/program/live_configuration.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::server {

void LiveConfiguration::attach(Server& server) {
  MutexLock lock(mutex_);
  server_ = &server;
}

std::vector<LiveOption> LiveConfiguration::options() {
  std::vector<LiveOption> options;
  for (const Option& option : all_options()) {
    options.push_back(
        {.name = option.path(),
         .read =
             [this, &option] {
               MutexLock lock(mutex_);
               return option.get(settings_);
             },
         .change = [this, &option](std::string_view text) { return change(option, text); }});
  }
  return options;
}

Result<void> LiveConfiguration::change(const Option& option, std::string_view text) {
  if (!option.live) {
    return Error(Errc::invalid_argument,
                 fmt::format("{} takes effect at the next start only", option.path()));
  }
  MutexLock lock(mutex_);
  Settings wanted = settings_;
  QUARTZ_TRY(option.set(wanted, text));
  return put_into_effect(wanted);
}

Result<std::vector<std::string>> LiveConfiguration::take_over(const Settings& wanted) {
  MutexLock lock(mutex_);
  Settings changed = settings_;
  std::vector<std::string> waiting;
  for (const Option& option : all_options()) {
    if (option.live) {
      QUARTZ_TRY(option.set(changed, option.get(wanted)));
    } else if (option.get(wanted) != option.get(settings_)) {
      waiting.push_back(option.path());
    }
  }
  QUARTZ_TRY(put_into_effect(changed));
  return waiting;
}

Result<void> LiveConfiguration::put_into_effect(const Settings& wanted) {
  if (server_ == nullptr) return Error(Errc::busy, "the server is starting");
  QUARTZ_TRY(server_->reconfigure(wanted.server));
  log_.set_level(wanted.log.level);
  log_.set_access(wanted.log.access);
  settings_ = wanted;
  return {};
}

}  // namespace quartz::server
