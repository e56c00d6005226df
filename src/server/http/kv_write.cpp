#include "server/http/kv_write.hpp"

#include <chrono>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/http/entity_tag.hpp"
#include "server/http/json_body.hpp"
#include "server/http/problem.hpp"
#include "server/http/time_to_live.hpp"
#include "server/service/keys.hpp"
#include "server/service/strings.hpp"

namespace quartz::server {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kPatchWanted =
    "the body must be {\"increment\": number}, {\"append\": text}, or {\"ttl\": seconds or null}";

bool is_conditional(const Request& request) {
  return request.has_header("If-Match") || request.has_header("If-None-Match");
}

std::optional<KeyPatch> increment_of(const dom::element& by) {
  if (by.is_int64()) return KeyPatch{KeyPatch::Increment{by.get_int64().value_unsafe()}};
  if (by.type() != dom::element_type::DOUBLE) return std::nullopt;
  // By its shortest text: 0.1 is meant, not the nearest double to it.
  const std::string text = fmt::format("{}", by.get_double().value_unsafe());
  return KeyPatch{KeyPatch::Increment{std::strtold(text.c_str(), nullptr)}};
}

std::optional<KeyPatch> expire_of(const dom::element& ttl) {
  if (ttl.is_null()) return KeyPatch{KeyPatch::Expire{}};
  const auto seconds = json_number("ttl", ttl, 1, kTtlSecondsMax);
  if (!seconds) return std::nullopt;
  return KeyPatch{KeyPatch::Expire{std::chrono::seconds(*seconds)}};
}

std::optional<KeyPatch> append_of(const dom::element& suffix) {
  auto bytes = json_bytes("append", suffix);
  if (!bytes) return std::nullopt;
  return KeyPatch{KeyPatch::Append{*std::move(bytes)}};
}

std::optional<KeyPatch> patch_of(const dom::object& object) {
  dom::element value;
  if (object["increment"].get(value) == simdjson::SUCCESS) return increment_of(value);
  if (object["ttl"].get(value) == simdjson::SUCCESS) return expire_of(value);
  if (object["append"].get(value) == simdjson::SUCCESS) return append_of(value);
  return std::nullopt;
}

Result<Response> apply(DatabaseView& view, std::string_view key, const KeyPatch::Append& append) {
  QUARTZ_ASSIGN(const std::size_t length, strings::append(view, key, append.suffix));
  return json_response(fmt::format("{{\"length\":{}}}", length));
}

Result<Response> apply(DatabaseView& view, std::string_view key,
                       const KeyPatch::Increment& increment) {
  if (const auto* const integer = std::get_if<std::int64_t>(&increment.by)) {
    QUARTZ_ASSIGN(const std::int64_t sum, strings::increment(view, key, *integer));
    return json_response(fmt::format("{{\"value\":{}}}", sum));
  }
  QUARTZ_ASSIGN(const std::string sum,
                strings::increment_real(view, key, *std::get_if<long double>(&increment.by)));
  return json_response(fmt::format("{{\"value\":{}}}", sum));
}

Result<Response> apply(DatabaseView& view, std::string_view key, const KeyPatch::Expire& expire) {
  QUARTZ_ASSIGN(const auto present, view.find(RowKind::string, key));
  if (!present) return problem_response(404, "there is no such key");
  if (!expire.after) {
    QUARTZ_TRY(keys::persist(view, key));
    return json_response("{\"ttl\":null}");
  }
  QUARTZ_TRY(keys::expire(view, key, view.now() + *expire.after));
  return json_response(fmt::format("{{\"ttl\":{}}}", expire.after->count()));
}

}  // namespace

Result<KeyPatch> read_key_patch(std::string_view body) {
  JsonBody json;
  QUARTZ_ASSIGN(const dom::element root, json.parse(body));
  QUARTZ_ASSIGN(const dom::object object, json_object("the body", root));
  if (object.size() == 1) {
    if (auto patch = patch_of(object)) return *std::move(patch);
  }
  return Error(Errc::invalid_argument, std::string(kPatchWanted));
}

std::optional<Response> refusal_of(const Request& request,
                                   const std::optional<VisibleRow>& present) {
  if (!is_conditional(request)) return std::nullopt;
  const std::string tag = present ? entity_tag(present->value) : "";
  if (request.has_header("If-Match") &&
      (!present || !matches_entity_tag(request.header("If-Match"), tag))) {
    return problem_response(412, "the value is not the one of If-Match");
  }
  if (request.has_header("If-None-Match") && present &&
      matches_entity_tag(request.header("If-None-Match"), tag)) {
    return problem_response(412, "the value is one of If-None-Match");
  }
  return std::nullopt;
}

Result<Response> write_key(DatabaseView& view, const Request& request, const KeyWrite& write) {
  using What = KeyWrite::What;
  Response done{.status = write.what == What::create ? 201 : 204};
  if (write.what != What::remove) done.with("ETag", entity_tag(write.value));
  if (write.time_to_live) {
    done.with(std::string(kTtlHeader), std::to_string(write.time_to_live->count()));
  }
  if (write.what == What::put && !write.time_to_live && !is_conditional(request) &&
      view.strings_only()) {
    QUARTZ_TRY(view.put_string_blindly(write.key, write.value));
    return done;
  }
  QUARTZ_ASSIGN(const auto present, view.find(RowKind::string, write.key));
  if (auto refusal = refusal_of(request, present)) return *std::move(refusal);
  if (write.what == What::create && present) {
    return problem_response(Error(Errc::already_exists, "the key is there already"));
  }
  if (write.what == What::remove) {
    QUARTZ_TRY(keys::remove(view, write.key));
    return done;
  }
  std::optional<ExpiryTime> expires_at;
  if (write.time_to_live) expires_at = view.now() + *write.time_to_live;
  view.put_string(write.key, present, write.value, expires_at);
  view.announce(KeyEventClass::string, "set", write.key);
  if (expires_at) view.announce(KeyEventClass::generic, "expire", write.key);
  return done;
}

Result<Response> patch_key(DatabaseView& view, const Request& request, std::string_view key,
                           const KeyPatch& patch) {
  if (is_conditional(request)) {
    QUARTZ_ASSIGN(const auto present, view.find(RowKind::string, key));
    if (auto refusal = refusal_of(request, present)) return *std::move(refusal);
  }
  return std::visit([&](const auto& what) { return apply(view, key, what); }, patch.what);
}

Response response_of(Result<Response> written) {
  if (written) return *std::move(written);
  // After an I/O failure it is open whether recovery finds the record.
  const bool open = written.error().code() == Errc::io_error;
  return problem_response(written.error(), open ? Executed::unknown : Executed::no);
}

}  // namespace quartz::server
