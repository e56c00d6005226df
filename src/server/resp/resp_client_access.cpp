#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/auth/access_control.hpp"
#include "server/resp/command_access.hpp"
#include "server/resp/resp_client.hpp"

namespace quartz::server {
namespace {

const Grants& everything() {
  static const Grants grants = Grants::everything();
  return grants;
}

}  // namespace

// Before each piece of input: users may have changed since the one before.
void RespClient::renew_access() {
  AccessControl* const access = this->access();
  if (access == nullptr) return;
  if (identity_) {
    const auto renewed = access->renewed(identity_);
    // One that cannot be looked up is not let in either.
    if (!renewed || *renewed != identity_) take_identity(renewed ? *renewed : nullptr);
  }
  const bool is_open = !access->required();
  if (grants_ == nullptr || !identity_) grants_ = is_open ? &everything() : nullptr;
  parser_.set_limits(grants_ == nullptr ? protocol::RespLimits::unauthenticated()
                                        : protocol::RespLimits());
}

void RespClient::users_changed() {
  if (whereabouts_.load(std::memory_order_acquire) != Whereabouts::here) return;
  AccessControl* const access = this->access();
  const bool receives_unasked = listens() || monitoring_ || tracking_.on;
  if (access == nullptr || !receives_unasked) return;
  IdentityRef identity = identity_;
  if (!access->lets_go_on(identity)) kill();
}

void RespClient::take_identity(IdentityRef identity) {
  // What was queued was allowed to somebody else.
  if (queue_ && identity_) queue_refused_ = true;
  identity_ = std::move(identity);
  grants_ = identity_ ? &identity_->grants : nullptr;
  user_bucket_ = identity_ ? server_.access()->rates().bucket("user " + identity_->user) : nullptr;
  parser_.set_limits(grants_ == nullptr ? protocol::RespLimits::unauthenticated()
                                        : protocol::RespLimits());
  MutexLock lock(mutex_);
  description_.user = identity_ ? identity_->user : "default";
  description_.logged_in = identity_ != nullptr;
}

const Grants& RespClient::grants() const noexcept {
  return access() == nullptr ? everything() : *grants_;
}

std::string RespClient::host() const {
  MutexLock lock(mutex_);
  return std::string(host_of(description_.address));
}

Result<void> RespClient::log_in(std::string_view user, std::string_view secret) {
  QUARTZ_ASSIGN(IdentityRef identity, server_.access()->log_in(user, secret, host()));
  take_identity(std::move(identity));
  return {};
}

void RespClient::log_out() {
  if (access() == nullptr) return;
  take_identity(nullptr);
  renew_access();
}

bool RespClient::within_rate() {
  AccessControl* const access = this->access();
  const std::uint32_t per_second = access == nullptr ? 0 : access->rates().per_second();
  if (per_second == 0 || std::exchange(paid_, false)) return true;
  if (!address_bucket_) address_bucket_ = access->rates().bucket("address " + host());
  const auto now = TokenBucket::Clock::now();
  if (!address_bucket_->try_take(per_second, now)) return false;
  return !user_bucket_ || user_bucket_->try_take(per_second, now);
}

bool RespClient::permits(const Command& command, Words arguments, std::string& output) {
  AccessControl* const access = this->access();
  if (access == nullptr) return true;
  if (grants_ == nullptr) {
    if (command.is(CommandFlag::no_auth)) return true;
    refuse("NOAUTH Authentication required.", output, &command);
    return false;
  }
  switch (denial_of(*grants_, command, arguments)) {
    case Denial::none:
      if (command.is(CommandFlag::admin)) access->audit(user_name(), host(), command.name);
      return true;
    case Denial::command:
      refuse(
          fmt::format("NOPERM this user has no permissions to run the '{}' command", command.name),
          output, &command);
      return false;
    case Denial::key:
      refuse("NOPERM this user has no permissions to access one of the keys used as arguments",
             output, &command);
      return false;
  }
  return false;
}

}  // namespace quartz::server
