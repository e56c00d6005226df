#pragma once

#include <string_view>
#include <utility>

#include "quartz/export.hpp"
#include "quartz/storage/row_attributes.hpp"

namespace quartz {

/// A value read without a copy. It keeps what it points into (a log segment, a cache row, a block)
/// alive and unchanged until it is destroyed, even past newer writes, flushes and `close()`; hold
/// it briefly, since that memory cannot be reclaimed meanwhile.
/// Threads: move-only; reading from several threads is safe.
class QUARTZ_EXPORT PinnedValue {
 public:
  /// Called once with the owner when the value is let go.
  using Release = void (*)(void* owner) noexcept;

  PinnedValue() noexcept = default;
  /// Of `value`, which `owner` keeps as it is until `release` is called with it.
  PinnedValue(std::string_view value, void* owner, Release release,
              const RowAttributes& attributes = {}) noexcept
      : value_(value), attributes_(attributes), owner_(owner), release_(release) {}
  /// What was moved from is empty.
  PinnedValue(PinnedValue&& other) noexcept
      : value_(std::exchange(other.value_, {})),
        attributes_(std::exchange(other.attributes_, {})),
        owner_(std::exchange(other.owner_, nullptr)),
        release_(std::exchange(other.release_, nullptr)) {}
  /// Lets go what it was before.
  PinnedValue& operator=(PinnedValue&& other) noexcept {
    if (this != &other) {
      reset();
      value_ = std::exchange(other.value_, {});
      attributes_ = std::exchange(other.attributes_, {});
      owner_ = std::exchange(other.owner_, nullptr);
      release_ = std::exchange(other.release_, nullptr);
    }
    return *this;
  }
  PinnedValue(const PinnedValue&) = delete;
  PinnedValue& operator=(const PinnedValue&) = delete;
  ~PinnedValue() { reset(); }

  /// The bytes; empty after a move or `reset()`.
  std::string_view view() const noexcept { return value_; }
  // NOLINTNEXTLINE(google-explicit-constructor): it is a view that owns.
  operator std::string_view() const noexcept { return value_; }  ///< `view()`.

  /// What the row has beside its value; none after a move or `reset()`.
  const RowAttributes& attributes() const noexcept { return attributes_; }

  /// Lets the memory go now.
  void reset() noexcept {
    value_ = {};
    attributes_ = {};
    if (release_ != nullptr) std::exchange(release_, nullptr)(std::exchange(owner_, nullptr));
  }

 private:
  std::string_view value_;
  RowAttributes attributes_;
  void* owner_ = nullptr;
  Release release_ = nullptr;
};

}  // namespace quartz
