#include "server/http/redis_routes.hpp"

#include <simdjson.h>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "protocol/resp_request_writer.hpp"
#include "server/http/database_argument.hpp"
#include "server/http/http_peer.hpp"
#include "server/http/idempotent_request.hpp"
#include "server/http/request_client.hpp"
#include "server/resp/command_table.hpp"
#include "server/resp/once.hpp"
#include "server/resp/resp_client.hpp"

namespace quartz::server {
namespace {

namespace dom = simdjson::dom;
using protocol::RespReplyParser;

constexpr std::string_view kWordsSchema =
    R"({"type":"array","minItems":1,"items":{"type":["string","number","boolean"]}})";
constexpr std::string_view kCommandsSchema =
    R"({"type":"array","items":{"type":"array","minItems":1,)"
    R"("items":{"type":["string","number","boolean"]}}})";
constexpr std::string_view kOutcomeSchema =
    R"({"type":"object","properties":{"result":{},"error":{"type":"string"}},)"
    R"("minProperties":1,"maxProperties":1})";
constexpr std::string_view kErrorSchema =
    R"({"type":"object","properties":{"error":{"type":"string"}},"required":["error"]})";
constexpr std::string_view kOutcomesSchema =
    R"({"type":"array","items":{"type":"object","properties":{"result":{},)"
    R"("error":{"type":"string"}},"minProperties":1,"maxProperties":1}})";

/// Replies are kept until the last command is done.
constexpr std::size_t kReplyBytesMax = std::size_t{64} << 20;

Error wrong_body(std::string_view what) {
  return {Errc::invalid_argument, fmt::format("ERR {}", what)};
}

Result<std::string> word_of(const dom::element& element) {
  switch (element.type()) {
    case dom::element_type::STRING:
      return std::string(element.get_string().value_unsafe());
    case dom::element_type::INT64:
      return std::to_string(element.get_int64().value_unsafe());
    case dom::element_type::UINT64:
      return std::to_string(element.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
      return fmt::format("{}", element.get_double().value_unsafe());
    case dom::element_type::BOOL:
      return std::string(element.get_bool().value_unsafe() ? "true" : "false");
    default:
      return wrong_body("words of a command are strings, numbers or truth values");
  }
}

Result<std::vector<std::string>> words_of(const dom::element& element) {
  dom::array array;
  if (element.get(array) != simdjson::SUCCESS || array.size() == 0) {
    return wrong_body("a command is an array of words");
  }
  std::vector<std::string> words;
  for (const dom::element word : array) {
    QUARTZ_ASSIGN(words.emplace_back(), word_of(word));
  }
  return words;
}

Result<dom::element> parse(dom::parser& parser, std::string_view body) {
  dom::element root;
  const auto failure = parser.parse(body.data(), body.size()).get(root);
  if (failure == simdjson::SUCCESS) return root;
  return wrong_body(fmt::format("the body is no JSON: {}", simdjson::error_message(failure)));
}

Result<std::vector<std::vector<std::string>>> commands_of(std::string_view body) {
  dom::parser parser;
  QUARTZ_ASSIGN(const dom::element root, parse(parser, body));
  dom::array array;
  if (root.get(array) != simdjson::SUCCESS) return wrong_body("the body is no array of commands");
  std::vector<std::vector<std::string>> commands;
  for (const dom::element command : array) {
    QUARTZ_ASSIGN(commands.emplace_back(), words_of(command));
  }
  return commands;
}

// A client that is gone with the response can neither listen nor wait.
Result<void> check_stateless(const std::vector<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  const Command* const command = CommandTable::all().find(views);
  if (command == nullptr) return {};
  if (command->name == "quartz.trace") {
    return wrong_body("a request is traced by its header traceparent");
  }
  const bool listens =
      command->is(CommandFlag::pubsub) && command->is(CommandFlag::in_subscription);
  if (!listens && !command->is(CommandFlag::blocking) && command->name != "client|reply" &&
      command->name != "monitor") {
    return {};
  }
  return wrong_body(fmt::format("'{}' needs a connection of its own", command->name));
}

// The request is the transaction: a command that ends it would leave the rest without one.
Result<void> check_within_transaction(const std::vector<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  const Command* const command = CommandTable::all().find(views);
  if (command == nullptr) return {};
  if (!command->is(CommandFlag::in_multi) && command->name != "unwatch") return {};
  return wrong_body(fmt::format("'{}' cannot be within a transaction", command->name));
}

// With the request's key, and its place among the commands of the request, if it writes.
Result<std::vector<std::string>> keyed(const std::vector<std::string>& words, std::string_view key,
                                       std::size_t index) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  const Command* const command = CommandTable::all().find(views);
  if (command == nullptr || !command->is(CommandFlag::write)) return words;
  if (!can_be_carried(*command)) {
    return wrong_body(fmt::format("'{}' cannot have an Idempotency-Key", command->name));
  }
  std::vector<std::string> carried = {"QUARTZ.ONCE", std::string(key), std::to_string(index)};
  carried.insert(carried.end(), words.begin(), words.end());
  return carried;
}

ReplyTexts texts_of(const Request& request) {
  return is_same_word(request.header("Upstash-Encoding"), "base64") ? ReplyTexts::base64
                                                                    : ReplyTexts::plain;
}

// Of what a command was answered with.
Response outcome_of_error(std::string body, std::string_view error) {
  // An EXEC that comes too soon says the same in other words.
  constexpr std::string_view kTooSoon = kRateLimitExceeded.substr(std::string_view("ERR ").size());
  const bool too_soon =
      error == kRateLimitExceeded || (error.starts_with("EXECABORT ") && error.ends_with(kTooSoon));
  if (!too_soon) return json_response(std::move(body), 400);
  return json_response(std::move(body), 429).with("Retry-After", "1");
}

Response refused(std::string_view why) { return outcome_of_error(error_outcome(why), why); }
Response refused(const Error& error) {
  return json_response(error_outcome(error.message()),
                       error.code() == Errc::invalid_argument ? 400 : 500);
}

Result<std::string> requests_of(const Request& request,
                                const std::vector<std::vector<std::string>>& commands) {
  QUARTZ_ASSIGN(const auto key, idempotency_key_of(request));
  std::string requests;
  for (std::size_t index = 0; index < commands.size(); ++index) {
    QUARTZ_TRY(check_stateless(commands[index]));
    if (key) {
      QUARTZ_ASSIGN(const auto words, keyed(commands[index], *key, index));
      protocol::append_request(requests, words);
    } else {
      protocol::append_request(requests, commands[index]);
    }
  }
  return requests;
}

Result<std::vector<std::vector<std::string>>> single_command_of(std::string_view body) {
  dom::parser parser;
  QUARTZ_ASSIGN(const dom::element root, parse(parser, body));
  std::vector<std::vector<std::string>> commands(1);
  QUARTZ_ASSIGN(commands.front(), words_of(root));
  return commands;
}

constexpr std::string_view kNotRun = "ERR this command was not run";

Route route_of(std::string_view path, std::string_view name, std::string_view summary,
               std::string_view body, std::string_view answer, Route::LongFunction function) {
  return {.method = Method::post,
          .path = path,
          .name = name,
          .summary = summary,
          .scope = "kv:write",
          .checks_keys = true,  // With each command.
          .parameters = {database_parameter(), idempotency_parameter()},
          .body = {{.content_type = kJson, .schema = body},
                   // What clients send that name no type, browsers among them.
                   {.content_type = "text/plain", .schema = body}},
          .responses = {{.status = 200,
                         .description = "What the commands replied. With the header "
                                        "Upstash-Encoding: base64, strings are in base64.",
                         .forms = {{.content_type = kJson, .schema = answer}}},
                        {.status = 400,
                         .description = "An error replied, or no command in the body.",
                         .forms = {{.content_type = kJson, .schema = kErrorSchema}}}},
          .function = std::move(function)};
}

}  // namespace

void RedisRoutes::add_to(RouteTable& table) {
  constexpr std::string_view kCommand = "Runs a command of Redis: [\"SET\", \"a\", \"1\"].";
  table.add(route_of("/command", "command", kCommand, kWordsSchema, kOutcomeSchema,
                     [this](Request& request) { return command(request); }));
  table.add(route_of("/", "command_at_root", kCommand, kWordsSchema, kOutcomeSchema,
                     [this](Request& request) { return command(request); }));
  table.add(route_of("/pipeline", "pipeline", "Runs commands of Redis one after another.",
                     kCommandsSchema, kOutcomesSchema,
                     [this](Request& request) { return pipeline(request); }));
  table.add(route_of("/multi-exec", "multi_exec",
                     "Runs commands of Redis as one transaction, between MULTI and EXEC.",
                     kCommandsSchema, kOutcomesSchema,
                     [this](Request& request) { return transaction(request); }));
}

// The bytes of the replies, one behind the other; fewer than commands if not all were run.
Task<Result<std::string>> RedisRoutes::replies(const Request& request, const Commands& commands) {
  const auto database = server_.service().databases().select(database_number(request));
  if (!database) co_return database.error();
  const Result<std::string> requests = requests_of(request, commands);
  if (!requests) co_return requests.error();
  const auto executor = co_await boost::asio::this_coro::executor;
  RequestClient client(server_, request.peer == nullptr ? "" : request.peer->address(), executor);
  if (request.peer != nullptr && request.peer->identity()) {
    client.client().take_identity(request.peer->identity());
  }
  if (request.has_header(kIdempotencyHeader)) client.client().note_keys_of_header();
  if ((*database)->number != 0) client.client().select(**database);
  Result<std::string> output = co_await client.answer(*requests, kReplyBytesMax);
  co_return output;
}

Task<Response> RedisRoutes::command(const Request& request) {
  const auto commands = single_command_of(request.body);
  if (!commands) co_return refused(commands.error());
  const Result<std::string> output = co_await replies(request, *commands);
  if (!output) co_return refused(output.error());
  RespReplyParser reply;
  if (reply.advance(*output) != RespReplyParser::Progress::complete) {
    co_return refused("ERR this command has no reply");
  }
  std::string body;
  append_outcome(body, reply.nodes(), texts_of(request));
  if (is_error(reply.nodes())) {
    co_return outcome_of_error(std::move(body), reply.nodes().front().text);
  }
  co_return json_response(std::move(body));
}

Task<Response> RedisRoutes::pipeline(const Request& request) {
  const auto commands = commands_of(request.body);
  if (!commands) co_return refused(commands.error());
  const Result<std::string> output = co_await replies(request, *commands);
  if (!output) co_return refused(output.error());
  RespReplyParser reply;
  std::string_view rest = *output;
  std::string body = "[";
  for (std::size_t index = 0; index < commands->size(); ++index) {
    if (index > 0) body += ',';
    if (reply.advance(rest) == RespReplyParser::Progress::complete) {
      append_outcome(body, reply.nodes(), texts_of(request));
      rest.remove_prefix(reply.consumed());
    } else {
      body += error_outcome(kNotRun);
      rest = {};
    }
  }
  body += ']';
  co_return json_response(std::move(body));
}

Task<Response> RedisRoutes::transaction(const Request& request) {
  auto commands = commands_of(request.body);
  if (!commands) co_return refused(commands.error());
  for (const std::vector<std::string>& words : *commands) {
    const Result<void> fine = check_within_transaction(words);
    if (!fine) co_return refused(fine.error());
  }
  commands->insert(commands->begin(), {"MULTI"});
  commands->push_back({"EXEC"});
  const Result<std::string> output = co_await replies(request, *commands);
  if (!output) co_return refused(output.error());
  RespReplyParser reply;
  std::string_view rest = *output;
  std::optional<std::string> refusal;
  for (std::size_t index = 0; index < commands->size(); ++index) {
    if (reply.advance(rest) != RespReplyParser::Progress::complete) co_return refused(kNotRun);
    rest.remove_prefix(reply.consumed());
    // The first one says what is wrong; EXEC only that something is.
    if (is_error(reply.nodes()) && !refusal) refusal = reply.nodes().front().text;
  }
  if (refusal) co_return refused(*refusal);
  std::string body;
  append_outcomes(body, reply.nodes(), texts_of(request));
  co_return json_response(std::move(body));
}

}  // namespace quartz::server
