#include "quartz/vector/metric.hpp"

namespace quartz {

std::string_view to_string(Metric metric) noexcept {
  switch (metric) {
    case Metric::cosine:
      return "cosine";
    case Metric::l2:
      return "l2";
    case Metric::dot:
      return "dot";
  }
  return "unknown";
}

}  // namespace quartz
