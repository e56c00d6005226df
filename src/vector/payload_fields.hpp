#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/filter_expression.hpp"
#include "protocol/number.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "vector/payload_reader.hpp"

namespace quartz::vector {

/// A value that is neither object nor array. Its text lives as long as the payload, or until the
/// next value.
struct PayloadValue {
  enum class Kind : std::uint8_t { null, boolean, number, text };

  Kind kind = Kind::null;
  bool truth = false;
  protocol::Number number;
  std::string_view text;

  static PayloadValue of_text(std::string_view text) noexcept {
    return {Kind::text, false, {}, text};
  }
};

/// Fields that somebody wants of payloads, found in one pass over each. An array stands for its
/// elements wherever it lies: `a.b` leads to the `b` of every object in the array `a`.
/// Threads: any number may `walk` at the same time.
class PayloadFields {
 public:
  /// The number by which `path` (not the id) will be reported; the same path, the same number.
  std::uint32_t add(const protocol::FilterPath& path);
  std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(root_of_field_.size()); }

  /// Fields whose paths begin with the same name have the same root; roots are numbered, too.
  std::uint32_t root_of(std::uint32_t field) const noexcept { return root_of_field_[field]; }
  std::uint32_t root_count() const noexcept { return root_count_; }

  /// Calls `visitor.found(field)` for each field that the payload has, once or more, and
  /// `visitor.value(field, const PayloadValue&)` for each value that it leads to. Behind the last
  /// of a root it calls `visitor.complete(root)`. Ends as soon as that returns true, or when no
  /// field can come any more. False if it stumbled over what is no validated payload; of an empty
  /// text, which is no payload, there is nothing to report. Allocates only for a string with
  /// escapes that is longer than a std::string holds within itself.
  template <class Visitor>
  bool walk(std::string_view payload, Visitor& visitor) const {
    if (payload.empty() || count() == 0) return true;
    Walk<Visitor> walk{*this, PayloadReader(payload), visitor, {}};
    return walk.reader.take('{') && walk.object(nodes_.front(), 1);
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  struct Child {
    std::string name;
    std::uint32_t node = 0;
  };
  // Where a path ends, or where several part.
  struct Node {
    std::uint32_t field = kNone;
    std::uint32_t root = kNone;
    std::vector<Child> children;  // In the order of their names.
  };

  const Node* find(const Node& node, std::string_view name) const noexcept;

  template <class Visitor>
  struct Walk {
    const PayloadFields& fields;
    PayloadReader reader;
    Visitor& visitor;
    std::string scratch;

    // The members of an object whose opening brace has been read.
    bool object(const Node& node, std::size_t depth);
    bool value(const Node& node, std::size_t depth);
    bool array(const Node& node, std::size_t depth);
    bool scalar(std::uint32_t field, char first);
  };

  std::vector<Node> nodes_ = std::vector<Node>(1);  // The first is the payload itself.
  std::vector<std::uint32_t> root_of_field_;
  std::uint32_t root_count_ = 0;
};

template <class Visitor>
bool PayloadFields::Walk<Visitor>::object(const Node& node, std::size_t depth) {
  std::size_t awaited = node.children.size();
  if (reader.take('}')) return true;
  while (true) {
    JsonString name;
    if (reader.peek() != '"' || !reader.read_string(name) || !reader.take(':')) return false;
    const Node* const child = fields.find(node, name.text(scratch));
    if (child == nullptr) {
      if (!reader.skip_value()) return false;
    } else {
      if (!value(*child, depth)) return false;
      if (depth == 1 && visitor.complete(child->root)) return true;
      // Names are unique, so that nothing more can come.
      if (--awaited == 0) return depth == 1 || reader.skip_to_end_of_container();
    }
    if (reader.take('}')) return true;
    if (!reader.take(',')) return false;
  }
}

template <class Visitor>
bool PayloadFields::Walk<Visitor>::value(const Node& node, std::size_t depth) {
  if (node.field != kNone) visitor.found(node.field);
  const char first = reader.peek();
  if (first == '[' || (first == '{' && !node.children.empty())) {
    if (depth == kPayloadDepthMax) return false;
    reader.advance();
    return first == '[' ? array(node, depth + 1) : object(node, depth + 1);
  }
  if (first == '{' || node.field == kNone) return reader.skip_value();
  return scalar(node.field, first);
}

template <class Visitor>
bool PayloadFields::Walk<Visitor>::array(const Node& node, std::size_t depth) {
  if (reader.take(']')) return true;
  do {
    if (!value(node, depth)) return false;
  } while (reader.take(','));
  return reader.take(']');
}

template <class Visitor>
bool PayloadFields::Walk<Visitor>::scalar(std::uint32_t field, char first) {
  PayloadValue value;
  if (first == '"') {
    JsonString string;
    if (!reader.read_string(string)) return false;
    value.kind = PayloadValue::Kind::text;
    value.text = string.text(scratch);
  } else if (first == 't' || first == 'f' || first == 'n') {
    value.kind = first == 'n' ? PayloadValue::Kind::null : PayloadValue::Kind::boolean;
    value.truth = first == 't';
    reader.skip_word();
  } else {
    value.kind = PayloadValue::Kind::number;
    if (!reader.read_number(value.number)) return false;
  }
  visitor.value(field, value);
  return true;
}

}  // namespace quartz::vector
