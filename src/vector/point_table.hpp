#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "vector/point_entry.hpp"

namespace quartz::vector {

/// The points of an index by their id: a pointer for each and some that are free, and nothing else,
/// since entries know their id. Open addressing with linear probing; removing moves what follows
/// back, so that no marks of the removed remain. Does not own the entries. Threads: one at a time.
class PointTable {
 public:
  /// Null if there is none.
  PointEntry* find(std::string_view id) const noexcept;
  /// Puts the entry in place of the one with the same id, which it returns, or null. Throws
  /// std::bad_alloc, with nothing changed.
  PointEntry* put(PointEntry* entry);
  /// Takes the entry of that id out; null if there is none.
  PointEntry* remove(std::string_view id) noexcept;

  std::size_t size() const noexcept { return size_; }
  std::size_t bytes() const noexcept { return places_.capacity() * sizeof(PointEntry*); }
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (PointEntry* const entry : places_) {
      if (entry != nullptr) visit(*entry);
    }
  }

 private:
  std::size_t place_of(std::string_view id) const noexcept;
  std::size_t next(std::size_t place) const noexcept { return (place + 1) & (places_.size() - 1); }
  void grow();

  std::vector<PointEntry*> places_;  // A power of two of them, or none.
  std::size_t size_ = 0;
};

}  // namespace quartz::vector
