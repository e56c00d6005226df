#include "base/try.hpp"
#include "quartz/vector/filter.hpp"
#include "vector/filter_evaluator.hpp"
#include "vector/payload.hpp"

namespace quartz {

// Apart from what else a filter does, which needs no payload.
Result<bool> Filter::matches(std::string_view id, std::string_view payload) const {
  QUARTZ_ASSIGN(const auto evaluator, vector::FilterEvaluator::compile(*this));
  if (!payload.empty()) QUARTZ_TRY(vector::validate_payload(payload));
  return evaluator.matches(id, payload);
}

}  // namespace quartz
