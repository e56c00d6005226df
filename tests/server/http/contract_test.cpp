#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "server/http/json_schema.hpp"
#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

namespace json = boost::json;

/// A call that has to be answered so, by what the documents say of the operation.
struct Call {
  std::string operation;
  std::string target;
  int status;
  std::string body = {};
  std::string headers = {};
};

const std::string kJsonHeader = "Content-Type: application/json\r\n";
const std::string kNever = "If-Match: \"never\"\r\n";
const std::string kKeyed = "Idempotency-Key: a\r\n";
const std::string kCollection = "/api/v1/collections/c";
const std::string kBackupsPath = "/api/v1/admin/backups";

std::vector<Call> calls_of_keys() {
  return {
      {"put_value", "/api/v1/kv/k", 204, "v"},
      {"put_value", "/api/v1/kv/k?ttl=60", 204, R"({"value": "v"})", kJsonHeader},
      {"put_value", "/api/v1/kv/k", 412, "v", kNever},
      {"put_value", "/api/v1/kv/hash", 409, "v"},
      {"put_value", "/api/v1/kv/keyed", 204, "v", kKeyed},
      {"put_value", "/api/v1/kv/keyed", 422, "w", kKeyed},
      {"get_value", "/api/v1/kv/k", 200},
      {"get_value", "/api/v1/kv/k", 200, "", "Accept: application/json\r\n"},
      {"get_value", "/api/v1/kv/k", 304, "", "If-None-Match: *\r\n"},
      {"get_value", "/api/v1/kv/k", 412, "", kNever},
      {"get_value", "/api/v1/kv/none", 404},
      {"get_value", "/api/v1/kv/hash", 409},
      {"create_value", "/api/v1/kv/new", 201, "v"},
      {"create_value", "/api/v1/kv/new", 409, "v"},
      {"create_value", "/api/v1/kv/newer", 412, "v", kNever},
      {"create_value", "/api/v1/kv/keyed", 422, "v", kKeyed},
      {"patch_value", "/api/v1/kv/n", 422, R"({"increment": 1})", kJsonHeader + kKeyed},
      {"patch_value", "/api/v1/kv/n", 200, R"({"increment": 1})", kJsonHeader},
      {"patch_value", "/api/v1/kv/k", 200, R"({"append": "x"})", kJsonHeader},
      {"patch_value", "/api/v1/kv/k", 200, R"({"ttl": null})", kJsonHeader},
      {"patch_value", "/api/v1/kv/none", 404, R"({"ttl": 1})", kJsonHeader},
      {"patch_value", "/api/v1/kv/hash", 409, R"({"increment": 1})", kJsonHeader},
      {"patch_value", "/api/v1/kv/n", 412, R"({"increment": 1})", kJsonHeader + kNever},
      {"list_values", "/api/v1/kv", 200},
      {"list_values", "/api/v1/kv", 200, "", "Accept: application/x-ndjson\r\n"},
      {"continue_listing", "/api/v1/kv", 200, R"({"cursor": "MWE"})", kJsonHeader},
      {"continue_listing", "/api/v1/kv", 200, R"({"cursor": "MWE"})",
       kJsonHeader + "Accept: application/x-ndjson\r\n"},
      {"delete_value", "/api/v1/kv/k", 412, "", kNever},
      {"delete_value", "/api/v1/kv/hash", 409},
      {"delete_value", "/api/v1/kv/keyed", 422, "", kKeyed},
      {"delete_value", "/api/v1/kv/k", 204},
      {"write_batch", "/api/v1/batch", 200, R"({"operations": [{"delete": "k"}]})", kJsonHeader},
      {"write_batch", "/api/v1/batch", 409, R"({"operations": [{"delete": "hash"}]})", kJsonHeader},
      {"write_batch", "/api/v1/batch", 412, R"({"conditions": [{"key": "k", "exists": true}]})",
       kJsonHeader},
      {"write_batch", "/api/v1/batch", 422, R"({"operations": []})", kJsonHeader + kKeyed},
      {"list_databases", "/api/v1/databases", 200},
      {"list_keyspaces", "/api/v1/keyspaces", 200},
      {"watch", "/api/v1/watch", 200},
      {"command", "/command", 200, R"(["PING"])", kJsonHeader},
      {"command", "/command", 400, R"(["NONSENSE"])", kJsonHeader},
      {"command_at_root", "/", 200, R"(["PING"])", kJsonHeader},
      {"command_at_root", "/", 400, "[]", kJsonHeader},
      {"pipeline", "/pipeline", 200, R"([["PING"], ["NONSENSE"]])", kJsonHeader},
      {"pipeline", "/pipeline", 400, "[1]", kJsonHeader},
      {"multi_exec", "/multi-exec", 200, R"([["SET", "a", 1], ["GET", "a"]])", kJsonHeader},
      {"multi_exec", "/multi-exec", 400, R"([["NONSENSE"]])", kJsonHeader},
  };
}

std::vector<Call> calls_of_collections() {
  const std::string config = R"({"dimensions": 2})";
  const std::string query = R"({"vector": [1, 0], "with_payload": true, "with_vectors": true})";
  return {
      {"list_collections", "/api/v1/collections", 200},
      {"create_collection", kCollection, 201, config, kJsonHeader},
      {"create_collection", kCollection, 200, config, kJsonHeader},
      {"create_collection", kCollection, 409, R"({"dimensions": 3})", kJsonHeader},
      {"list_collections", "/api/v1/collections", 200},
      {"put_points", kCollection + "/points", 200,
       R"([{"id": "a", "vector": [1, 0], "payload": {"n": 1}}, {"id": "b", "vector": [0, 1]}])",
       kJsonHeader},
      {"put_points", "/api/v1/collections/none/points", 404, "[]", kJsonHeader},
      {"get_collection", kCollection, 200},
      {"get_collection", "/api/v1/collections/none", 404},
      {"get_point", kCollection + "/points/a", 200},
      {"get_point", kCollection + "/points/none", 404},
      {"scroll_points", kCollection + "/scroll", 200, R"({"limit": 1})", kJsonHeader},
      {"scroll_points", "/api/v1/collections/none/scroll", 404},
      {"query_points", kCollection + "/query", 200, query, kJsonHeader},
      {"query_points", kCollection + "/query", 404, R"({"id": "none"})", kJsonHeader},
      {"query_points_in_batch", kCollection + "/query/batch", 200, R"({"vectors": [[1, 0]]})",
       kJsonHeader},
      {"query_points_in_batch", "/api/v1/collections/none/query/batch", 404, "{}", kJsonHeader},
      {"explain_query", kCollection + "/explain", 200, query, kJsonHeader},
      {"explain_query", "/api/v1/collections/none/explain", 404, query, kJsonHeader},
      {"delete_point", kCollection + "/points/a", 204},
      {"delete_point", "/api/v1/collections/none/points/a", 404},
      {"delete_collection", "/api/v1/collections/vset.0.1.k", 409},
      {"delete_collection", kCollection, 204},
      {"delete_collection", kCollection, 404},
  };
}

std::vector<Call> calls_of_operation() {
  const std::string name = R"({"name": "b"})";
  return {
      {"live", "/livez", 200},
      {"ready", "/readyz", 200},
      {"healthz", "/healthz", 200},
      {"health", "/api/v1/health", 200},
      {"stats", "/api/v1/stats", 200},
      {"metrics", "/metrics", 200},
      {"open_api", "/openapi.json", 200},
      {"docs", "/docs", 200},
      {"configuration", "/api/v1/admin/config", 200},
      {"create_backup", kBackupsPath, 201, name, kJsonHeader},
      {"create_backup", kBackupsPath, 409, name, kJsonHeader},
      {"list_backups", kBackupsPath, 200},
      {"verify_backup", kBackupsPath + "/b/verify", 200},
      {"verify_backup", kBackupsPath + "/none/verify", 404},
      {"delete_backup", kBackupsPath + "/b", 204},
      {"delete_backup", kBackupsPath + "/b", 404},
  };
}

/// A server without a directory of backups.
std::vector<Call> calls_without_backups() {
  return {{"create_backup", kBackupsPath, 501, R"({"name": "b"})", kJsonHeader},
          {"list_backups", kBackupsPath, 501},
          {"verify_backup", kBackupsPath + "/b/verify", 501},
          {"delete_backup", kBackupsPath + "/b", 501}};
}

class Contract : public ServedEngine {
 protected:
  struct Operation {
    std::string method;
    std::string path;
    json::value description;
  };
  using Answer = std::pair<std::string, std::string>;  // Operation and status.

  void SetUp() override {
    ASSERT_TRUE(engine_.put("hash", std::string(16, '\0'), RowAttributes{.kind = 1}));
    ASSERT_TRUE(engine_.put("expiring", "v",
                            RowAttributes{.expires_at = engine_.now() + std::chrono::hours(1)}));
    ServerConfig config = small_config();
    config.backup_directory = (scratch_ / "backups").string();
    serve(config);
    document_ = json::parse(ask("GET", "/openapi.json").body);
    for (const auto& [path, methods] : document_.at("paths").as_object()) {
      for (const auto& [method, description] : methods.as_object()) {
        std::string upper(method);
        for (char& c : upper) c = static_cast<char>(std::toupper(c));
        operations_[description.at("operationId").as_string().c_str()] = {upper, std::string(path),
                                                                          description};
      }
    }
    // Elements anywhere, so that no write is blind: only then is a kind looked at.
    ask("PUT", "/api/v1/kv/expires?ttl=100", "", "v");
  }

  void make(const Call& call) {
    SCOPED_TRACE(call.operation + " " + call.target + " " + call.body);
    ASSERT_TRUE(operations_.contains(call.operation));
    const Operation& operation = operations_.at(call.operation);
    // A watch has no end that could be waited for.
    const bool head = call.operation == "watch";
    RawClient client(server_->http_port().value());
    client.send(
        request_text(head ? "HEAD" : operation.method, call.target, call.headers, call.body));
    const RawResponse response = client.receive(head);
    body_ = response.body;
    ASSERT_EQ(response.status, call.status) << response.body;
    answered_.insert({call.operation, std::to_string(call.status)});
    const auto& documented = operation.description.at("responses").as_object();
    ASSERT_TRUE(documented.contains(std::to_string(call.status)));
    if (!head) check_body(documented.at(std::to_string(call.status)).as_object(), response);
  }

  void check_body(const json::object& documented, const RawResponse& response) {
    const std::string type = response.header("Content-Type");
    const auto* const content = documented.if_contains("content");
    if (content == nullptr) {
      if (response.status < 400) {
        EXPECT_EQ(response.body, "");
        return;
      }
      EXPECT_EQ(type, "application/problem+json");
      const auto& problem = document_.at("components").at("schemas").at("Problem");
      EXPECT_EQ(violation(problem, json::parse(response.body)), "");
      return;
    }
    ASSERT_TRUE(content->as_object().contains(type)) << type;
    if (type != "application/json") return;
    const auto& schema = content->as_object().at(type).at("schema");
    EXPECT_EQ(violation(schema, json::parse(response.body)), "") << response.body;
  }

  // The first user closes the door behind himself, so that what follows needs his secret.
  void make_calls_of_users() {
    const std::string users = "/api/v1/admin/keys";
    const std::string scopes = R"({"scopes": ["admin"]})";
    make({"list_keys", users, 200});
    make({"rotate_key", users + "/nobody/rotate", 404});
    make({"revoke_key", users + "/nobody", 404});
    make({"create_key", users + "/ann", 201, scopes, kJsonHeader});
    const std::string secret = json::parse(body_).at("secret").as_string().c_str();
    const std::string ann = "Authorization: Bearer ann:" + secret + "\r\n";
    make({"create_key", users + "/ann", 409, scopes, kJsonHeader + ann});
    make({"rotate_key", users + "/ann/rotate", 200, "", ann});
    make({"revoke_key", users + "/ann", 204, "", ann});
  }

  json::value document_;
  std::string body_;  // Of the last answer.
  std::map<std::string, Operation> operations_;
  std::set<Answer> answered_;
};

TEST_F(Contract, every_documented_answer_is_given_and_is_as_documented) {
  for (const auto& calls : {calls_of_keys(), calls_of_collections(), calls_of_operation()}) {
    for (const Call& call : calls) make(call);
  }
  make_calls_of_users();
  serve();
  for (const Call& call : calls_without_backups()) make(call);
  // A test of its own stops a server.
  std::set<Answer> missing = {};
  const std::set<Answer> elsewhere = {{"ready", "503"}, {"healthz", "503"}};
  for (const auto& [name, operation] : operations_) {
    for (const auto& [status, description] : operation.description.at("responses").as_object()) {
      const Answer answer{name, std::string(status)};
      if (status == "default" || answered_.contains(answer) || elsewhere.contains(answer)) continue;
      missing.insert(answer);
    }
  }
  for (const auto& [name, status] : missing)
    ADD_FAILURE() << name << " was never answered " << status;
}

TEST_F(Contract, every_operation_says_what_a_client_must_be_allowed) {
  const std::set<std::string> open = {"live", "ready", "healthz", "health", "open_api", "docs"};
  for (const auto& [name, operation] : operations_) {
    EXPECT_NE(operation.description.as_object().contains("x-scope"), open.contains(name)) << name;
  }
}

TEST(JsonSchema, finds_what_does_not_fit) {
  const json::value schema =
      json::parse(R"({"type":"object","properties":{"a":{"type":["integer","null"]},)"
                  R"("b":{"type":"array","items":{"enum":["x"]}}},"required":["a"]})");
  EXPECT_EQ(violation(schema, json::parse(R"({"a":1,"b":["x"]})")), "");
  EXPECT_EQ(violation(schema, json::parse(R"({"a":null})")), "");
  for (const char* text :
       {"[]", "{}", R"({"a":"1"})", R"({"a":1,"b":["y"]})", R"({"a":1,"c":1})"}) {
    EXPECT_NE(violation(schema, json::parse(text)), "") << text;
  }
}

}  // namespace
}  // namespace quartz::server
