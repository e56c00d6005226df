#include "server/http/kv_batch.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/http/entity_tag.hpp"
#include "server/http/json_body.hpp"
#include "server/http/problem.hpp"
#include "server/http/time_to_live.hpp"
#include "server/service/keys.hpp"

namespace quartz::server {
namespace {

namespace dom = simdjson::dom;

Result<KvBatch::Condition> condition_of(const dom::element& element) {
  QUARTZ_ASSIGN(const dom::object object, json_object("a condition", element));
  KvBatch::Condition condition;
  bool has_key = false;
  for (const auto [name, value] : object) {
    if (name == "key") {
      QUARTZ_ASSIGN(condition.key, json_bytes(name, value));
      has_key = true;
    } else if (name == "exists") {
      QUARTZ_ASSIGN(condition.exists, json_flag(name, value));
    } else if (name == "value") {
      QUARTZ_ASSIGN(condition.value, json_bytes(name, value));
    } else if (name == "etag") {
      QUARTZ_ASSIGN(const std::string_view tag, json_text(name, value));
      condition.entity_tag = tag;
    } else {
      return unknown_member(name);
    }
  }
  const int tests = int{condition.exists.has_value()} + int{condition.value.has_value()} +
                    int{condition.entity_tag.has_value()};
  if (!has_key || tests != 1) {
    return invalid_body("a condition is a key, and one of exists, value and etag");
  }
  return condition;
}

Result<KvBatch::Operation> operation_of(const dom::element& element) {
  QUARTZ_ASSIGN(const dom::object object, json_object("an operation", element));
  KvBatch::Operation operation;
  bool puts = false;
  bool removes = false;
  for (const auto [name, value] : object) {
    if (name == "put" || name == "delete") {
      (name == "put" ? puts : removes) = true;
      QUARTZ_ASSIGN(operation.key, json_bytes(name, value));
    } else if (name == "value") {
      QUARTZ_ASSIGN(operation.value, json_bytes(name, value));
    } else if (name == "ttl") {
      QUARTZ_ASSIGN(const std::uint64_t seconds, json_number(name, value, 1, kTtlSecondsMax));
      operation.time_to_live = std::chrono::seconds(seconds);
    } else {
      return unknown_member(name);
    }
  }
  const bool bare = !operation.value && !operation.time_to_live;
  if (puts == removes || (puts && !operation.value) || (removes && !bare)) {
    return invalid_body("an operation is {\"put\": key, \"value\": …} or {\"delete\": key}");
  }
  return operation;
}

bool holds(const KvBatch::Condition& condition, const std::optional<VisibleRow>& present) {
  if (condition.exists) return *condition.exists == present.has_value();
  if (!present) return false;
  if (condition.value) return *condition.value == present->value;
  return matches_entity_tag(*condition.entity_tag, entity_tag(present->value));
}

Result<void> apply(DatabaseView& view, const KvBatch::Operation& operation) {
  QUARTZ_ASSIGN(const auto present, view.find(RowKind::string, operation.key));
  if (!operation.value) {
    QUARTZ_TRY(keys::remove(view, operation.key));
    return {};
  }
  std::optional<ExpiryTime> expires_at;
  if (operation.time_to_live) expires_at = view.now() + *operation.time_to_live;
  view.put_string(operation.key, present, *operation.value, expires_at);
  view.announce(KeyEventClass::string, "set", operation.key);
  if (expires_at) view.announce(KeyEventClass::generic, "expire", operation.key);
  return {};
}

}  // namespace

Result<KvBatch> read_kv_batch(std::string_view body) {
  JsonBody json;
  QUARTZ_ASSIGN(const dom::element root, json.parse(body));
  QUARTZ_ASSIGN(const dom::object object, json_object("the body", root));
  KvBatch batch;
  for (const auto [name, value] : object) {
    if (name == "conditions") {
      QUARTZ_ASSIGN(const dom::array conditions, json_array(name, value));
      for (const dom::element each : conditions) {
        QUARTZ_ASSIGN(batch.conditions.emplace_back(), condition_of(each));
      }
    } else if (name == "operations") {
      QUARTZ_ASSIGN(const dom::array operations, json_array(name, value));
      for (const dom::element each : operations) {
        QUARTZ_ASSIGN(batch.operations.emplace_back(), operation_of(each));
      }
    } else {
      return unknown_member(name);
    }
  }
  return batch;
}

Result<Response> apply_kv_batch(DatabaseView& view, const KvBatch& batch) {
  for (const KvBatch::Condition& condition : batch.conditions) {
    QUARTZ_ASSIGN(const auto present, view.find(RowKind::string, condition.key));
    if (holds(condition, present)) continue;
    return problem_response(
        412, fmt::format("condition {} does not hold", &condition - batch.conditions.data()));
  }
  // An error takes nothing back from the view; whoever runs this drops it then.
  for (const KvBatch::Operation& operation : batch.operations) QUARTZ_TRY(apply(view, operation));
  return json_response(fmt::format("{{\"applied\":{}}}", batch.operations.size()));
}

}  // namespace quartz::server
