#include "server/http/admin_routes.hpp"

#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/try.hpp"
#include "server/http/json_body.hpp"
#include "server/http/problem.hpp"

namespace quartz::server {
namespace {

namespace json = boost::json;

constexpr std::string_view kNameSchema =
    R"({"type":"object","properties":{"name":{"type":"string","pattern":"^[a-z0-9_-]{1,64}$"}},)"
    R"("required":["name"]})";
constexpr std::string_view kBackupSchema =
    R"({"type":"object","properties":{"name":{"type":"string"},"bytes":{"type":"integer"}},)"
    R"("required":["name","bytes"]})";
constexpr std::string_view kBackupsSchema =
    R"({"type":"object","properties":{"backups":{"type":"array","items":{"type":"object",)"
    R"("properties":{"name":{"type":"string"},"bytes":{"type":"integer"}},)"
    R"("required":["name","bytes"]}}},"required":["backups"]})";
constexpr std::string_view kReportSchema =
    R"({"type":"object","properties":{"whole":{"type":"boolean"},)"
    R"("files_checked":{"type":"integer"},"bytes_checked":{"type":"integer"},)"
    R"("log_records":{"type":"integer"},"rows":{"type":"integer"},"damage":{"type":"array",)"
    R"("items":{"type":"object","properties":{"file":{"type":"string"},)"
    R"("offset":{"type":"integer"},"what":{"type":"string"}}}}},"required":["whole","damage"]})";
constexpr std::string_view kConfigSchema = R"({"type":"object"})";

RouteParameter backup_parameter() {
  return {.name = "name",
          .place = ParameterPlace::path,
          .description = "Name of the backup.",
          .maximum = kBackupNameBytesMax};
}

std::string_view backup_of(const Request& request) { return *request.arguments.text("name"); }

json::object json_of(const Backups::Backup& backup) {
  return {{"name", backup.name}, {"bytes", backup.bytes}};
}

json::object json_of(const VerifyReport& report) {
  json::array damage;
  for (const Damage& each : report.damage) {
    damage.push_back(
        json::object{{"file", each.file}, {"offset", each.offset}, {"what", each.what}});
  }
  return {{"whole", report.damage.empty()},
          {"files_checked", report.files_checked},
          {"bytes_checked", report.bytes_checked},
          {"log_records", report.log_records},
          {"rows", report.rows},
          {"damage", std::move(damage)}};
}

json::object json_of(const ListenerConfig& listener) {
  return {{"enabled", listener.enabled}, {"address", listener.address}, {"port", listener.port}};
}

json::object json_of(const RequestLimits& limits) {
  return {{"header_bytes_max", limits.header_bytes_max},
          {"header_count_max", limits.header_count_max},
          {"body_bytes_max", limits.body_bytes_max},
          {"buffered_bytes_max", limits.buffered_bytes_max},
          {"unread_bytes_max", limits.unread_bytes_max},
          {"unread_timeout_ms", limits.unread_timeout.count()},
          {"header_timeout_ms", limits.header_timeout.count()},
          {"transfer_bytes_per_second_min", limits.transfer_bytes_per_second_min},
          {"idle_timeout_ms", limits.idle_timeout.count()},
          {"tls_handshake_timeout_ms", limits.tls_handshake_timeout.count()}};
}

std::string_view word_of(const std::optional<Durability>& durability) {
  if (!durability) return "of the engine";
  switch (*durability) {
    case Durability::memory:
      return "memory";
    case Durability::process:
      return "process";
    case Durability::disk:
      break;
  }
  return "disk";
}

Result<std::string> name_in(std::string_view body) {
  JsonBody parser;
  QUARTZ_ASSIGN(const simdjson::dom::element root, parser.parse(body));
  QUARTZ_ASSIGN(const simdjson::dom::object object, json_object("the body", root));
  std::string name;
  for (const auto [member, value] : object) {
    if (member != "name") return unknown_member(member);
    QUARTZ_ASSIGN(name, json_text(member, value));
  }
  return name;
}

}  // namespace

void AdminRoutes::add_to(RouteTable& table) {
  const RouteResponse missing{.status = 404, .description = "No such backup."};
  const RouteResponse unset{.status = 501, .description = "backup_directory is not set."};
  table.add({.method = Method::post,
             .path = "/api/v1/admin/backups",
             .name = "create_backup",
             .summary = "Copies the database as of now into the directory of backups.",
             .scope = "admin",
             .body = {{.content_type = kJson, .schema = kNameSchema}},
             .responses = {{.status = 201,
                            .description = "It opens as a database.",
                            .forms = {{.content_type = kJson, .schema = kBackupSchema}}},
                           {.status = 409, .description = "There is one of that name."},
                           unset},
             .function = on_worker(&AdminRoutes::create_backup)});
  table.add({.method = Method::get,
             .path = "/api/v1/admin/backups",
             .name = "list_backups",
             .summary = "The backups that there are.",
             .scope = "admin",
             .responses = {{.status = 200,
                            .description = "By name.",
                            .forms = {{.content_type = kJson, .schema = kBackupsSchema}}},
                           unset},
             .function = on_worker(&AdminRoutes::list_backups)});
  table.add({.method = Method::post,
             .path = "/api/v1/admin/backups/{name}/verify",
             .name = "verify_backup",
             .summary = "Reads every checksum of a backup.",
             .scope = "admin",
             .parameters = {backup_parameter()},
             .responses = {{.status = 200,
                            .description = "What was found.",
                            .forms = {{.content_type = kJson, .schema = kReportSchema}}},
                           missing,
                           unset},
             .function = on_worker(&AdminRoutes::verify_backup)});
  table.add({.method = Method::remove,
             .path = "/api/v1/admin/backups/{name}",
             .name = "delete_backup",
             .summary = "Removes a backup.",
             .scope = "admin",
             .parameters = {backup_parameter()},
             .responses = {{.status = 204, .description = "It is gone."}, missing, unset},
             .function = on_worker(&AdminRoutes::remove_backup)});
  table.add({.method = Method::get,
             .path = "/api/v1/admin/config",
             .name = "configuration",
             .summary = "What the server was told, and the limits that hold now.",
             .scope = "admin",
             .responses = {{.status = 200,
                            .description = "The options.",
                            .forms = {{.content_type = kJson, .schema = kConfigSchema}}}},
             .function = [this](Request&) { return configuration(); }});
}

Route::LongFunction AdminRoutes::on_worker(Response (AdminRoutes::*work)(const Request&)) {
  return [this, work](Request& request) {
    return workers_.run([this, work, &request] { return (this->*work)(request); });
  };
}

Response AdminRoutes::create_backup(const Request& request) {
  const auto name = name_in(request.body);
  if (!name) return problem_response(name.error());
  const auto backup = backups_.create(*name);
  if (!backup) return problem_response(backup.error());
  return json_response(json::serialize(json_of(*backup)), 201);
}

Response AdminRoutes::list_backups(const Request&) {
  const auto backups = backups_.list();
  if (!backups) return problem_response(backups.error());
  json::array listed;
  for (const Backups::Backup& each : *backups) listed.push_back(json_of(each));
  return json_response(json::serialize(json::object{{"backups", std::move(listed)}}));
}

Response AdminRoutes::verify_backup(const Request& request) {
  const auto report = backups_.verify(backup_of(request));
  if (!report) return problem_response(report.error());
  return json_response(json::serialize(json_of(*report)));
}

Response AdminRoutes::remove_backup(const Request& request) {
  const auto removed = backups_.remove(backup_of(request));
  if (!removed) return problem_response(removed.error());
  return {.status = 204};
}

Response AdminRoutes::configuration() const {
  const auto config = config_.get();
  json::array origins;
  for (const std::string& origin : config->cors.origins) origins.emplace_back(origin);
  const json::object body{{"http", json_of(config->http)},
                          {"resp", json_of(config->resp)},
                          {"io_threads", config->io_threads},
                          {"worker_threads", config->worker_threads},
                          {"connections_max", config->connections_max},
                          {"drain_timeout_ms", config->drain_timeout.count()},
                          {"durability", word_of(config->durability)},
                          {"backup_directory", config->backup_directory},
                          {"limits", json_of(limits_.get())},
                          {"tls", json::object{{"certificate_file", config->tls.certificate_file},
                                               {"key_file", config->tls.key_file},
                                               {"client_ca_file", config->tls.client_ca_file}}},
                          {"cors", json::object{{"origins", std::move(origins)}}},
                          {"slow_request_threshold_ms", config->slow_request_threshold.count()},
                          {"slow_commands_max", config->slow_commands_max},
                          {"latency_threshold_ms", config->latency_threshold.count()}};
  return json_response(json::serialize(body));
}

}  // namespace quartz::server
