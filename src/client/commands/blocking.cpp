#include "quartz/client/commands/blocking.hpp"

#include "client/commands/words.hpp"

namespace quartz::commands {
namespace {

using client::NumberWord;
using client::words_of;
using std::chrono::milliseconds;

// In seconds, as the protocol has it.
NumberWord timeout_word(milliseconds timeout) noexcept {
  return NumberWord(std::chrono::duration<double>(timeout).count());
}

template <class T>
BlockingCommand<T> pop(std::string_view name, const Names& keys, milliseconds timeout) {
  auto words = words_of({name}, keys);
  const NumberWord seconds = timeout_word(timeout);
  words.emplace_back(seconds);
  return BlockingCommand<T>(words, timeout);
}

std::string_view word_of(ListEnd end) noexcept { return end == ListEnd::first ? "LEFT" : "RIGHT"; }

}  // namespace

BlockingCommand<std::optional<PoppedElement>> blpop(const Names& keys, milliseconds timeout) {
  return pop<std::optional<PoppedElement>>("BLPOP", keys, timeout);
}

BlockingCommand<std::optional<PoppedElement>> brpop(const Names& keys, milliseconds timeout) {
  return pop<std::optional<PoppedElement>>("BRPOP", keys, timeout);
}

BlockingCommand<std::optional<std::string>> blmove(std::string_view from, std::string_view to,
                                                   ListEnd taken, ListEnd put,
                                                   milliseconds timeout) {
  return {{"BLMOVE", from, to, word_of(taken), word_of(put), timeout_word(timeout)}, timeout};
}

BlockingCommand<std::optional<PoppedMember>> bzpopmin(const Names& keys, milliseconds timeout) {
  return pop<std::optional<PoppedMember>>("BZPOPMIN", keys, timeout);
}

BlockingCommand<std::optional<PoppedMember>> bzpopmax(const Names& keys, milliseconds timeout) {
  return pop<std::optional<PoppedMember>>("BZPOPMAX", keys, timeout);
}

}  // namespace quartz::commands
