#include "server/http/time_to_live.hpp"

#include <charconv>

#include <fmt/format.h>

namespace quartz::server {

RouteParameter ttl_parameter() {
  return {.name = "ttl",
          .type = ParameterType::integer,
          .description =
              "Seconds until the key expires; the header Quartz-TTL says the same. "
              "Without either it does not.",
          .minimum = 1,
          .maximum = kTtlSecondsMax};
}

Result<std::optional<std::chrono::seconds>> time_to_live(const Request& request) {
  std::uint64_t seconds = request.arguments.number_or("ttl", 0);
  if (request.has_header(kTtlHeader)) {
    const std::string_view text = request.header(kTtlHeader);
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || number == 0 ||
        number > kTtlSecondsMax) {
      return Error(Errc::invalid_argument,
                   fmt::format("{} is no number from 1 to {}", kTtlHeader, kTtlSecondsMax));
    }
    if (seconds != 0 && seconds != number) {
      return Error(Errc::invalid_argument, fmt::format("ttl and {} differ", kTtlHeader));
    }
    seconds = number;
  }
  if (seconds == 0) return std::optional<std::chrono::seconds>();
  return std::optional(std::chrono::seconds(seconds));
}

}  // namespace quartz::server
