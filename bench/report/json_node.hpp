#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "quartz/result.hpp"

namespace quartz::bench {

/// A value of a JSON document that knows where it stands, for reading strictly. What is missing or
/// of another kind is `corruption` whose message begins with the JSON pointer (RFC 6901) at fault.
/// Points into the document, which has to outlive it.
class JsonNode {
 public:
  explicit JsonNode(const boost::json::value& document) : JsonNode(document, "") {}

  Result<JsonNode> member(std::string_view name) const;
  Result<std::vector<JsonNode>> elements() const;

  // Of the member `name`.
  Result<std::string> text(std::string_view name) const;
  /// A whole number, not negative.
  Result<std::uint64_t> count(std::string_view name) const;
  Result<unsigned> small_count(std::string_view name) const;
  /// Finite, not negative.
  Result<double> number(std::string_view name) const;
  Result<std::optional<double>> number_or_null(std::string_view name) const;
  /// An array of such numbers.
  Result<std::vector<double>> numbers(std::string_view name) const;
  /// An object of texts.
  Result<std::map<std::string, std::string>> texts(std::string_view name) const;

  /// An error about this value: "/rows/3: is an object, not an array".
  Error fault(std::string_view what) const;

 private:
  JsonNode(const boost::json::value& value, std::string pointer)
      : value_(&value), pointer_(std::move(pointer)) {}

  JsonNode below(const boost::json::value& value, std::string_view token) const;
  Error is_no(std::string_view wanted) const;
  Result<std::string> as_text() const;
  Result<double> as_number() const;

  const boost::json::value* value_;
  std::string pointer_;
};

}  // namespace quartz::bench
