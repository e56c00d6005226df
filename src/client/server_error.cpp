#include "client/server_error.hpp"

#include <array>

namespace quartz::client {
namespace {

struct KnownError {
  std::string_view beginning;
  ServerError meaning;
};

constexpr ServerError kRefused = {.code = ClientErrc::unavailable, .kind = FailureKind::refused};
constexpr ServerError kThrottled = {.code = ClientErrc::overloaded, .kind = FailureKind::throttled};
// It began and could not end: what is stored may be as before, or not.
constexpr ServerError kNobodyKnows = {.code = ClientErrc::rejected, .kind = FailureKind::lost};
constexpr ServerError kNotPermitted = {.code = ClientErrc::not_permitted,
                                       .kind = FailureKind::rejected};
constexpr ServerError kAnswered = {.code = ClientErrc::rejected, .kind = FailureKind::answered};
constexpr ServerError kWrongKind = {.code = ClientErrc::wrong_kind, .kind = FailureKind::rejected};

constexpr auto kKnown = std::to_array<KnownError>({
    {"LOADING ", kRefused},
    {"BUSY ", kRefused},
    {"TRYAGAIN ", kRefused},
    {"MASTERDOWN ", kRefused},
    {"CLUSTERDOWN ", kRefused},
    {"ERR max number of clients reached", kThrottled},
    {"ERR rate limit exceeded", kThrottled},
    {"ONCEFULL ", kThrottled},
    {"ONCEDONE ", kAnswered},
    {"ERR io_error", kNobodyKnows},
    {"WRONGTYPE ", kWrongKind},
    {"NOAUTH ", kNotPermitted},
    {"WRONGPASS ", kNotPermitted},
    {"NOPERM ", kNotPermitted},
});

}  // namespace

ServerError read_server_error(std::string_view text) noexcept {
  for (const KnownError& known : kKnown) {
    if (text.starts_with(known.beginning)) return known.meaning;
  }
  return {};
}

}  // namespace quartz::client
