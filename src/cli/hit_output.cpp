#include "cli/hit_output.hpp"

#include <cstdint>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include "base/utf8.hpp"
#include "cli/progress.hpp"
#include "cli/text_encoding.hpp"
#include "protocol/base64.hpp"

namespace quartz::cli {
namespace {

std::string readable(std::uint64_t nanoseconds) {
  return readable_nanoseconds(static_cast<double>(nanoseconds));
}

void append_json_hit(std::string& to, const VectorHit& hit) {
  const bool text = is_utf8(hit.id);
  to += text ? R"({"id":)" : R"({"id_base64":)";
  to += boost::json::serialize(boost::json::string(text ? hit.id : protocol::to_base64(hit.id)));
  to += fmt::format(R"(,"score":{})", hit.score);
  // A payload is JSON already, and stays what was stored.
  if (!hit.payload.empty()) to += fmt::format(R"(,"payload":{})", hit.payload);
  to += '}';
}

boost::json::object json_of(const VectorSearchExplanation& explanation) {
  return {{"plan", explanation.plan},
          {"reason", explanation.reason},
          {"ef_search", explanation.ef_search},
          {"points", explanation.points},
          {"points_visited", explanation.points_visited},
          {"points_pending", explanation.points_pending},
          {"points_compared", explanation.points_compared},
          {"duration_ns", explanation.duration_ns},
          {"filter_ns", explanation.filter_ns},
          {"walk_ns", explanation.walk_ns},
          {"ranking_ns", explanation.ranking_ns}};
}

}  // namespace

std::string hits_as_text(std::span<const VectorHit> hits) {
  std::string text;
  for (const VectorHit& hit : hits) {
    escape_to(text, hit.id);
    text += fmt::format("\t{}", hit.score);
    if (!hit.payload.empty()) {
      text += '\t';
      escape_to(text, hit.payload);
    }
    text += '\n';
  }
  return text;
}

std::string explanation_as_text(const VectorSearchExplanation& explanation) {
  std::string text;
  const auto line = [&](std::string_view name, std::string_view value) {
    text += fmt::format("  {:<16}  {}\n", name, value);
  };
  line("plan", explanation.plan);
  line("because", explanation.reason);
  line("ef_search", grouped(explanation.ef_search));
  line("points visited",
       fmt::format("{} of {}, {} of them not in the graph yet", grouped(explanation.points_visited),
                   grouped(explanation.points), grouped(explanation.points_pending)));
  line("compared exactly", grouped(explanation.points_compared));
  line("time", fmt::format("{}: filter {}, walk {}, ranking {}", readable(explanation.duration_ns),
                           readable(explanation.filter_ns), readable(explanation.walk_ns),
                           readable(explanation.ranking_ns)));
  return text;
}

std::string hits_as_json(std::span<const VectorHit> hits,
                         const VectorSearchExplanation* explanation) {
  std::string json = R"({"hits":[)";
  for (const VectorHit& hit : hits) {
    if (!json.ends_with('[')) json += ',';
    append_json_hit(json, hit);
  }
  json += ']';
  if (explanation != nullptr) {
    json += fmt::format(R"(,"explanation":{})", boost::json::serialize(json_of(*explanation)));
  }
  return json + "}\n";
}

}  // namespace quartz::cli
