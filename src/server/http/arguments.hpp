#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quartz::server {

/// The parameters of a request, decoded and found to be what its route says they are. A name is one
/// that the route declares; asking for another is answered as for one that was not given.
class Arguments {
 public:
  void add(std::string_view name, std::string text, std::uint64_t number) {
    all_.push_back({name, std::move(text), number});
  }
  void clear() noexcept { all_.clear(); }
  bool has(std::string_view name) const noexcept { return find(name) != nullptr; }

  std::optional<std::string_view> text(std::string_view name) const noexcept {
    const Argument* const found = find(name);
    if (found == nullptr) return std::nullopt;
    return found->text;
  }
  /// Of a parameter of type integer.
  std::uint64_t number_or(std::string_view name, std::uint64_t otherwise) const noexcept {
    const Argument* const found = find(name);
    return found == nullptr ? otherwise : found->number;
  }
  /// Of a parameter of type boolean.
  bool flag(std::string_view name) const noexcept { return number_or(name, 0) != 0; }

 private:
  struct Argument {
    std::string_view name;  // Of the route's declaration.
    std::string text;
    std::uint64_t number = 0;
  };

  const Argument* find(std::string_view name) const noexcept {
    for (const Argument& argument : all_) {
      if (argument.name == name) return &argument;
    }
    return nullptr;
  }

  std::vector<Argument> all_;
};

}  // namespace quartz::server
