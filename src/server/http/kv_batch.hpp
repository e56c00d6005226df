#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/http/response.hpp"
#include "server/service/database_view.hpp"

namespace quartz::server {

/// Writes to several keys that happen together, if all of their conditions hold, or not at all.
struct KvBatch {
  struct Condition {
    std::string key;
    std::optional<bool> exists = {};
    std::optional<std::string> value = {};
    std::optional<std::string> entity_tag = {};
  };
  struct Operation {
    std::string key;
    std::optional<std::string> value = {};  ///< Nothing: the key is removed.
    std::optional<std::chrono::seconds> time_to_live = {};
  };
  std::vector<Condition> conditions;
  std::vector<Operation> operations;
};

/// `{"conditions": [{"key": …, "exists": true | "value": … | "etag": …}], "operations":
/// [{"put": key, "value": …, "ttl": 60}, {"delete": key}]}`. `invalid_argument` says what is wrong
/// with any other.
Result<KvBatch> read_kv_batch(std::string_view body);

/// Does it, or answers 412 naming the condition that does not hold. Errors: `wrong_kind` if a key
/// holds no string; those of the view.
Result<Response> apply_kv_batch(DatabaseView& view, const KvBatch& batch);

}  // namespace quartz::server
