#include "server/http/json_body.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/try.hpp"
#include "protocol/base64.hpp"

namespace quartz::server {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kKeptBytesMax = std::size_t{64} << 10;

/// More than any body has names: an object with more has one twice, or one that is unknown.
constexpr std::size_t kMembersMax = 32;

Error wrong_member(std::string_view name, std::string_view wanted) {
  return {Errc::invalid_argument, fmt::format("{} must be {}", name, wanted)};
}

template <class Value>
Result<Value> member(std::string_view name, const dom::element& value, std::string_view wanted) {
  Value taken;
  if (value.get(taken) != simdjson::SUCCESS) return wrong_member(name, wanted);
  return taken;
}

// The parser keeps members that are there twice.
Result<void> check_members(std::string_view name, const dom::object& object) {
  std::array<std::string_view, kMembersMax> names;
  auto end = names.begin();
  for (const auto [key, value] : object) {
    if (std::find(names.begin(), end, key) != end) {
      return invalid_body(fmt::format("{} has the member \"{}\" twice", name, key));
    }
    if (end == names.end()) return invalid_body(fmt::format("{} has too many members", name));
    *end++ = key;
  }
  return {};
}

}  // namespace

Result<dom::element> JsonBody::parse(std::string_view body) {
  thread_local dom::parser of_thread;
  dom::parser& parser = body.size() <= kKeptBytesMax ? of_thread : own_;
  dom::element root;
  const auto failure = parser.parse(body.data(), body.size()).get(root);
  if (failure == simdjson::SUCCESS) return root;
  return Error(Errc::invalid_argument,
               fmt::format("the body is no JSON: {}", simdjson::error_message(failure)));
}

Result<bool> json_flag(std::string_view name, const dom::element& value) {
  return member<bool>(name, value, "true or false");
}

Result<std::uint64_t> json_number(std::string_view name, const dom::element& value,
                                  std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS || number < least || number > most) {
    return wrong_member(name, fmt::format("a number from {} to {}", least, most));
  }
  return number;
}

Result<double> json_real(std::string_view name, const dom::element& value) {
  return member<double>(name, value, "a number");
}

Result<std::string_view> json_text(std::string_view name, const dom::element& value) {
  return member<std::string_view>(name, value, "a string");
}

Result<std::string> json_bytes(std::string_view name, const dom::element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  dom::object object;
  if (value.get(object) == simdjson::SUCCESS && object.size() == 1 &&
      object["b64"].get(text) == simdjson::SUCCESS) {
    if (auto bytes = protocol::from_base64(text)) return *std::move(bytes);
  }
  return wrong_member(name, "a string, or {\"b64\": \"base64\"}");
}

Result<dom::array> json_array(std::string_view name, const dom::element& value) {
  return member<dom::array>(name, value, "an array");
}

Result<dom::object> json_object(std::string_view name, const dom::element& value) {
  QUARTZ_ASSIGN(const dom::object object, member<dom::object>(name, value, "an object"));
  QUARTZ_TRY(check_members(name, object));
  return object;
}

Error invalid_body(std::string_view what) { return {Errc::invalid_argument, std::string(what)}; }

Error unknown_member(std::string_view name) {
  return {Errc::invalid_argument, fmt::format("there is no member \"{}\" here", name)};
}

}  // namespace quartz::server
