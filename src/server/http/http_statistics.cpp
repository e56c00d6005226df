#include "server/http/http_statistics.hpp"

namespace quartz::server {

HttpStatistics::HttpStatistics(const RouteTable& routes)
    : routes_(routes), calls_((routes.routes().size() + 1) * kClasses) {}

void HttpStatistics::record(const Route* route, int status,
                            std::chrono::nanoseconds duration) noexcept {
  const auto status_class = static_cast<std::size_t>(status / 100) % kClasses;
  calls_.record(kind_of(route, status_class), static_cast<std::uint64_t>(duration.count()));
}

}  // namespace quartz::server
