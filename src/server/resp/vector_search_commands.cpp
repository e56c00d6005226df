#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/vector_set_access.hpp"
#include "server/resp/vector_words.hpp"
#include "server/resp/words.hpp"
#include "vector/collection.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

/// A walk that keeps no more is done before anybody would have noticed another thread.
constexpr std::size_t kShortWalk = 1'000;

// From the cosine, as Redis tells it: 1 for the same direction, 0 for the opposite one.
double similarity_of(double cosine) noexcept { return std::clamp((1 + cosine) / 2, 0.0, 1.0); }

bool is_long(const SimilarityWords& words) noexcept {
  return words.exact || words.filter || words.count > kShortWalk ||
         words.ef.value_or(0) > kShortWalk;
}

/// The vector that is asked for.
Result<std::vector<float>> query_of(VectorSet& set, const SimilarityWords& words) {
  if (!words.element) {
    if (words.vector.size() == set.dimensions()) return words.vector;
    return Error(Errc::invalid_argument,
                 fmt::format("Vector dimension mismatch - got {} but set has {}",
                             words.vector.size(), set.dimensions()));
  }
  QUARTZ_ASSIGN(const std::optional<VectorPoint> point, set.get(*words.element));
  if (!point) return Error(Errc::not_found, "element not found in set");
  return point->vectors.front();
}

Result<std::vector<VectorHit>> search(VectorSet& set, const SimilarityWords& words) {
  QUARTZ_ASSIGN(const std::vector<float> query, query_of(set, words));
  VectorSearchOptions options{
      .k = words.count, .exact = words.exact, .with_payload = words.with_attributes};
  if (words.filter) options.filter = *words.filter;
  if (words.ef) options.ef_search = std::max(*words.ef, words.count);
  QUARTZ_ASSIGN(std::vector<VectorHit> hits, set.collection().search(query, options));
  if (words.epsilon) {
    std::erase_if(hits, [least = 1 - *words.epsilon](const VectorHit& hit) {
      return similarity_of(hit.score) < least;
    });
  }
  return hits;
}

void reply_with_attributes(CommandCall& call, const VectorHit& hit) {
  if (hit.payload.empty()) {
    call.reply.null();
  } else {
    call.reply.bulk(hit.payload);
  }
}

// In RESP3 a map from each element to what is told of it, and in RESP2 all of that in a row.
void reply_with_hits(CommandCall& call, const std::vector<VectorHit>& hits,
                     const SimilarityWords& words) {
  const bool both = words.with_scores && words.with_attributes;
  const bool resp3 = call.reply.version() == protocol::RespVersion::resp3;
  if (both && !resp3) {
    call.reply.array(3 * hits.size());
  } else if (words.with_scores || words.with_attributes) {
    call.reply.map(hits.size());
  } else {
    call.reply.array(hits.size());
  }
  for (const VectorHit& hit : hits) {
    call.reply.bulk(hit.id);
    if (both && resp3) call.reply.array(2);
    if (words.with_scores) call.reply.real(similarity_of(hit.score));
    if (words.with_attributes) reply_with_attributes(call, hit);
  }
}

Result<void> vsim(CommandCall& call) {
  QUARTZ_ASSIGN(const SimilarityWords words, read_similarity_words(call.arguments));
  QUARTZ_ASSIGN(std::optional<VectorSet> set, vector_set_of(call));
  if (!set) {
    reply_with_hits(call, {}, words);
    return {};
  }
  QUARTZ_TRY(check_committed(*set));
  if (is_long(words) && leaves_thread(call)) return {};
  QUARTZ_ASSIGN(const std::vector<VectorHit> hits, search(*set, words));
  reply_with_hits(call, hits, words);
  return {};
}

double cosine_of(const std::vector<float>& a, const std::vector<float>& b) noexcept {
  double product = 0;
  double a_square = 0;
  double b_square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += double{a[i]} * double{b[i]};
    a_square += double{a[i]} * double{a[i]};
    b_square += double{b[i]} * double{b[i]};
  }
  return product / std::sqrt(a_square * b_square);
}

/// One level of links; a neighbour that was removed since they were read is left out.
Result<void> reply_with_level(CommandCall& call, VectorSet& set, const std::vector<float>& from,
                              const std::vector<std::string>& ids, bool with_scores) {
  if (!with_scores) {
    call.reply.array(ids.size());
    for (const std::string& id : ids) call.reply.bulk(id);
    return {};
  }
  std::vector<std::pair<std::string_view, double>> scored;
  for (const std::string& id : ids) {
    QUARTZ_ASSIGN(const std::optional<VectorPoint> point, set.get(id));
    if (!point) continue;
    scored.emplace_back(id, similarity_of(cosine_of(from, point->vectors.front())));
  }
  call.reply.map(scored.size());
  for (const auto& [id, score] : scored) {
    call.reply.bulk(id);
    call.reply.real(score);
  }
  return {};
}

Result<void> vlinks(CommandCall& call) {
  const bool with_scores = call.arguments.size() == 4;
  if (call.arguments.size() > 4 ||
      (with_scores && !is_same_word(call.arguments[3], "WITHSCORES"))) {
    return syntax_error();
  }
  QUARTZ_ASSIGN(std::optional<VectorSet> set, vector_set_of(call));
  std::optional<VectorPoint> point;
  if (set) {
    QUARTZ_TRY(check_committed(*set));
    QUARTZ_ASSIGN(point, set->get(call.arguments[2]));
  }
  if (!point) {
    call.reply.null_array();
    return {};
  }
  QUARTZ_ASSIGN(auto levels, set->collection().collection().neighbours(point->id));
  if (!levels) levels.emplace(1);  // Removed meanwhile.
  call.reply.array(levels->size());
  for (const std::vector<std::string>& ids : *levels) {
    QUARTZ_TRY(reply_with_level(call, *set, point->vectors.front(), ids, with_scores));
  }
  return {};
}

constexpr std::array kVectorSearchCommands = {
    Command{"vlinks", -3, readonly | fast | lengthy, kOneKey, CommandGroup::vector_set,
            "What an element is linked to in the index", vlinks},
    Command{"vsim", -4, readonly | lengthy, kOneKey, CommandGroup::vector_set,
            "The elements nearest to a vector or an element", vsim},
};

}  // namespace

std::span<const Command> vector_search_commands() noexcept { return kVectorSearchCommands; }

}  // namespace quartz::server
