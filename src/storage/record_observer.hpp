#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/operation.hpp"

namespace quartz::storage {

/// Told of every record that an engine appends, one after another in the order of their sequences,
/// before it becomes visible. What follows from the rows of an engine, an index for instance, stays
/// in step with them this way; by `Engine::visible_sequence` it becomes visible together with them.
class RecordObserver {
 public:
  virtual ~RecordObserver() = default;

  /// `count` operations as the log stores them (puts with `StoredValue`s), whose sequences begin at
  /// `first_sequence`; the bytes are there until this returns. Holds up all writers of the engine,
  /// so be brief, and call nothing of the engine.
  virtual void appended(Sequence first_sequence, std::span<const std::byte> operations,
                        std::uint32_t count) noexcept = 0;

  /// The engine begins to close; it does everything still when this is called, and nothing when it
  /// has returned. The last chance to save what followed from its rows. Called once, possibly
  /// beside `appended`, unless the observer was removed before; must neither add nor remove one.
  virtual void closing() noexcept {}
};

}  // namespace quartz::storage
