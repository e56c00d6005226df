#include "vector/element_type.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/check.hpp"

namespace quartz::vector {
namespace {

// Otherwise the conversion of a large float64 would be undefined.
static_assert(std::numeric_limits<float>::is_iec559);

/// Calls `visit` with the C++ type of an element.
template <class Visit>
auto visit_type(ElementType element, Visit&& visit) {
  switch (element) {
    case ElementType::float32:
      return visit(std::type_identity<float>());
    case ElementType::float64:
      return visit(std::type_identity<double>());
    case ElementType::uint8:
      return visit(std::type_identity<std::uint8_t>());
    case ElementType::int8:
      return visit(std::type_identity<std::int8_t>());
    case ElementType::int32:
      break;
  }
  return visit(std::type_identity<std::int32_t>());
}

template <class Element, class Value>
void decode_as(std::span<const std::byte> from, std::span<Value> into) noexcept {
  QUARTZ_CHECK(from.size() / sizeof(Element) == into.size());
  for (std::size_t i = 0; i < into.size(); ++i) {
    Element element;
    std::memcpy(&element, from.data() + i * sizeof(Element), sizeof(Element));
    // NOLINTNEXTLINE(bugprone-signed-char-misuse): an int8 is a number here, and keeps its sign.
    into[i] = static_cast<Value>(element);
  }
}

template <class Element, class Value>
bool holds(Value value) noexcept {
  if constexpr (std::is_floating_point_v<Value> && std::is_floating_point_v<Element>) {
    return true;  // Values are float32, which both types of element contain.
  } else if constexpr (std::is_floating_point_v<Value>) {
    // In double, where the bounds of every integer type here are exact. False for NaN.
    const double exact = value;
    return exact >= std::numeric_limits<Element>::min() &&
           exact <= std::numeric_limits<Element>::max() && exact == std::trunc(exact);
  } else if constexpr (std::is_floating_point_v<Element>) {
    return static_cast<double>(static_cast<Element>(value)) == static_cast<double>(value);
  } else {
    return std::in_range<Element>(value);
  }
}

template <class Element, class Value>
std::optional<std::size_t> encode_as(std::span<const Value> from,
                                     std::span<std::byte> into) noexcept {
  QUARTZ_CHECK(into.size() / sizeof(Element) == from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!holds<Element>(from[i])) return i;
    const auto element = static_cast<Element>(from[i]);
    std::memcpy(into.data() + i * sizeof(Element), &element, sizeof(Element));
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(ElementType element) noexcept {
  switch (element) {
    case ElementType::float32:
      return "float32";
    case ElementType::float64:
      return "float64";
    case ElementType::uint8:
      return "uint8";
    case ElementType::int8:
      return "int8";
    case ElementType::int32:
      return "int32";
  }
  return "unknown";
}

std::size_t bytes_of(ElementType element) noexcept {
  return visit_type(element,
                    []<class Element>(std::type_identity<Element>) { return sizeof(Element); });
}

bool is_integer(ElementType element) noexcept {
  return visit_type(element, []<class Element>(std::type_identity<Element>) {
    return std::is_integral_v<Element>;
  });
}

void decode(ElementType element, std::span<const std::byte> from, std::span<float> into) noexcept {
  visit_type(element,
             [&]<class Element>(std::type_identity<Element>) { decode_as<Element>(from, into); });
}

void decode(ElementType element, std::span<const std::byte> from,
            std::span<std::int32_t> into) noexcept {
  QUARTZ_CHECK(is_integer(element));
  visit_type(element, [&]<class Element>(std::type_identity<Element>) {
    if constexpr (std::is_integral_v<Element>) decode_as<Element>(from, into);
  });
}

std::optional<std::size_t> encode(ElementType element, std::span<const float> from,
                                  std::span<std::byte> into) noexcept {
  return visit_type(element, [&]<class Element>(std::type_identity<Element>) {
    return encode_as<Element>(from, into);
  });
}

std::optional<std::size_t> encode(ElementType element, std::span<const std::int32_t> from,
                                  std::span<std::byte> into) noexcept {
  return visit_type(element, [&]<class Element>(std::type_identity<Element>) {
    return encode_as<Element>(from, into);
  });
}

}  // namespace quartz::vector
