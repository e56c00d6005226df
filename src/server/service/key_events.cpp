#include "server/service/key_events.hpp"

#include <array>

#include <fmt/format.h>

namespace quartz::server {
namespace {

constexpr std::uint32_t kKeyspaceChannel = 1u << 16;
constexpr std::uint32_t kEventChannel = 1u << 17;

struct Letter {
  char letter;
  KeyEventClass what;
};
// In the order in which Redis tells them.
constexpr std::array kLetters = {
    Letter{'g', KeyEventClass::generic}, Letter{'$', KeyEventClass::string},
    Letter{'l', KeyEventClass::list},    Letter{'s', KeyEventClass::set},
    Letter{'h', KeyEventClass::hash},    Letter{'z', KeyEventClass::sorted_set},
    Letter{'x', KeyEventClass::expired}, Letter{'e', KeyEventClass::evicted},
};
// Not part of "all".
constexpr std::array kFurtherLetters = {Letter{'m', KeyEventClass::missed},
                                        Letter{'n', KeyEventClass::created}};
// Of data that Quartz does not have: streams and modules. Chosen in vain.
constexpr std::string_view kUnusedLetters = "td";

std::uint32_t bit(KeyEventClass what) noexcept { return static_cast<std::uint32_t>(what); }

std::uint32_t all_bits() noexcept {
  std::uint32_t bits = 0;
  for (const Letter& letter : kLetters) bits |= bit(letter.what);
  return bits;
}

}  // namespace

Result<void> KeyEvents::choose(std::string_view letters) {
  std::uint32_t chosen = 0;
  for (const char c : letters) {
    if (c == 'K') {
      chosen |= kKeyspaceChannel;
    } else if (c == 'E') {
      chosen |= kEventChannel;
    } else if (c == 'A') {
      chosen |= all_bits();
    } else {
      std::uint32_t of_letter = 0;
      for (const Letter& known : kLetters) of_letter |= known.letter == c ? bit(known.what) : 0;
      for (const Letter& known : kFurtherLetters) {
        of_letter |= known.letter == c ? bit(known.what) : 0;
      }
      if (of_letter == 0 && kUnusedLetters.find(c) == std::string_view::npos) {
        return Error(Errc::invalid_argument,
                     fmt::format("notify-keyspace-events: unknown class '{}'", c));
      }
      chosen |= of_letter;
    }
  }
  chosen_.store(chosen, std::memory_order_relaxed);
  return {};
}

std::string KeyEvents::chosen() const {
  const std::uint32_t chosen = chosen_.load(std::memory_order_relaxed);
  std::string letters;
  if ((chosen & all_bits()) == all_bits()) {
    letters += 'A';
  } else {
    for (const Letter& known : kLetters) {
      if ((chosen & bit(known.what)) != 0) letters += known.letter;
    }
  }
  if ((chosen & kKeyspaceChannel) != 0) letters += 'K';
  if ((chosen & kEventChannel) != 0) letters += 'E';
  for (const Letter& known : kFurtherLetters) {
    if ((chosen & bit(known.what)) != 0) letters += known.letter;
  }
  return letters;
}

void KeyEvents::publish(std::span<const KeyEvent> events) {
  const std::uint32_t chosen = chosen_.load(std::memory_order_relaxed);
  if (chosen == 0) return;
  for (const KeyEvent& event : events) {
    if ((chosen & bit(event.what)) == 0) continue;
    if ((chosen & kKeyspaceChannel) != 0) {
      publications_.publish(fmt::format("__keyspace@{}__:{}", event.database, event.key),
                            event.event);
    }
    if ((chosen & kEventChannel) != 0) {
      publications_.publish(fmt::format("__keyevent@{}__:{}", event.database, event.event),
                            event.key);
    }
  }
}

}  // namespace quartz::server
