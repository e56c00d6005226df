#include "server/http/media_type.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"
#include "server/http/request.hpp"

namespace quartz::server {
namespace {

// "q=0.8" among the parameters of a range; 1 if there is none, 0 for one that is no number.
double quality_of(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    const std::string_view part = parameters.substr(0, parameters.find(';'));
    parameters.remove_prefix(std::min(part.size() + 1, parameters.size()));
    const std::string_view parameter = trimmed(part);
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
    double weight = 0;
    std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
    return weight;
  }
  return 1;
}

bool covers(std::string_view range, std::string_view type) noexcept {
  if (range == "*/*" || is_same_word(range, type)) return true;
  return range.ends_with("/*") &&
         is_same_word(range.substr(0, range.size() - 1), type.substr(0, type.find('/') + 1));
}

}  // namespace

bool prefers(std::string_view accept, std::string_view alternative,
             std::string_view usual) noexcept {
  double wanted = 0;
  double otherwise = 0;
  while (!accept.empty()) {
    const std::string_view part = accept.substr(0, accept.find(','));
    accept.remove_prefix(std::min(part.size() + 1, accept.size()));
    const std::size_t semicolon = std::min(part.find(';'), part.size());
    const std::string_view range = trimmed(part.substr(0, semicolon));
    const double weight = quality_of(part.substr(std::min(semicolon + 1, part.size())));
    if (is_same_word(range, alternative)) wanted = std::max(wanted, weight);
    if (covers(range, usual)) otherwise = std::max(otherwise, weight);
  }
  return wanted > 0 && wanted >= otherwise;
}

}  // namespace quartz::server
