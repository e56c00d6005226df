#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "server/service/service.hpp"

namespace quartz::server {

/// What CONFIG GET and CONFIG SET know: parameters under the names that clients of Redis ask for.
/// Those that mean nothing here are told as what they amount to, and cannot be changed.
/// Threads: any number at a time.
class Parameters {
 public:
  explicit Parameters(Service& service);

  struct Range {
    std::int64_t least;
    std::int64_t most;
  };
  /// One that others keep and act on, and may change themselves.
  void add_number(std::string_view name, Range range, std::function<std::int64_t()> read,
                  std::function<void(std::int64_t)> change);
  void add_text(std::string_view name, std::function<std::string()> read,
                std::function<Result<void>(std::string_view)> change);

  /// Name and value of each whose name matches one of the patterns, in order of names.
  std::vector<std::pair<std::string, std::string>> matching(
      std::span<const std::string_view> patterns) const;
  /// All of them or none. `invalid_argument` for an unknown one, or one that cannot be changed, or
  /// a value that makes no sense.
  Result<void> set(std::span<const std::pair<std::string_view, std::string_view>> values);
  std::string value(std::string_view name) const;

 private:
  struct Parameter {
    std::string value;
    /// Takes a new value into effect; empty for what cannot be changed.
    std::function<Result<void>(std::string_view)> change;
    /// Says what is wrong with a value; what it lets pass does not fail to change. Empty: only
    /// changing tells.
    std::function<Result<void>(std::string_view)> check = {};
    /// Where its value is kept otherwise than here.
    std::function<std::string()> read = {};

    std::string current() const { return read ? read() : value; }
  };

  void add_fixed(std::string_view name, std::string_view value);
  void add_number(std::string_view name, std::string_view value);
  using Values = std::span<const std::pair<std::string_view, std::string_view>>;
  Result<std::vector<Parameter*>> find_all_locked(Values values) QUARTZ_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, Parameter, std::less<>> parameters_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
