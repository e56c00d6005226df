#pragma once

#include <cstddef>
#include <string_view>

namespace quartz::client {

inline constexpr std::string_view kPing = "*1\r\n$4\r\nPING\r\n";

/// Goes through requests as the protocol has them and the client has written them: nothing is
/// checked.
class RequestWords {
 public:
  explicit RequestWords(std::string_view requests) noexcept : rest_(requests) {}

  bool at_end() const noexcept { return rest_.empty(); }
  /// Begins the next command: how many words it has, which are to be taken one by one.
  std::size_t begin_command() noexcept { return take_count(); }
  std::string_view take() noexcept {
    const std::size_t bytes = take_count();
    const std::string_view word = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes + 2);
    return word;
  }
  /// What was not taken yet.
  std::string_view rest() const noexcept { return rest_; }

 private:
  // The number of a line such as "$12", which is taken away.
  std::size_t take_count() noexcept;

  std::string_view rest_;
};

}  // namespace quartz::client
