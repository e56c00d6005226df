#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quartz::server {

/// Kinds of what happens to keys, as subscribers of keyspace events choose among them. Bits, so
/// that a choice is a sum.
enum class KeyEventClass : std::uint16_t {
  generic = 1 << 0,     // g: DEL, EXPIRE, RENAME and what else any key knows.
  string = 1 << 1,      // $
  list = 1 << 2,        // l
  set = 1 << 3,         // s
  hash = 1 << 4,        // h
  sorted_set = 1 << 5,  // z
  expired = 1 << 6,     // x
  evicted = 1 << 7,     // e
  missed = 1 << 8,      // m: a look-up in vain.
  created = 1 << 9,     // n: the first write to a key.
};

/// Something that happened to a key by a committed write.
struct KeyEvent {
  KeyEventClass what = KeyEventClass::generic;
  std::string_view event;  ///< Its name in Redis; lives for ever.
  std::size_t database = 0;
  std::string_view key;  ///< Lives as long as the transaction's writes.
};

}  // namespace quartz::server
