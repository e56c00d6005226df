#include "support/linearizability.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace quartz {
namespace {

using Register = std::optional<std::int64_t>;

struct Step {
  bool possible = false;
  Register after = {};
};

// What the operation does to a register. Not possible if that is not what it was answered.
Step step(const RegisterOperation& operation, const Register& before) {
  const bool any_answer = !operation.ended.has_value();
  const auto answered = [&](const Register& answer) {
    return any_answer || operation.answer == answer;
  };
  switch (operation.action) {
    case RegisterAction::get:
      return {.possible = answered(before), .after = before};
    case RegisterAction::set:
      return {.possible = true, .after = operation.argument};
    case RegisterAction::set_if_absent:
      return {.possible = answered(before ? 0 : 1),
              .after = before ? before : Register(operation.argument)};
    case RegisterAction::exchange:
      return {.possible = answered(before), .after = operation.argument};
    case RegisterAction::increment: {
      const std::int64_t sum = before.value_or(0) + operation.argument;
      return {.possible = answered(sum), .after = sum};
    }
    case RegisterAction::remove:
      return {.possible = answered(before ? 1 : 0), .after = {}};
  }
  return {};
}

class Search {
 public:
  explicit Search(const std::vector<RegisterOperation>& history)
      : history_(history), done_(history.size(), false) {
    std::vector<std::pair<std::uint64_t, Event>> events;
    for (std::size_t i = 0; i < history.size(); ++i) {
      events.push_back({history[i].begun, {.operation = i, .is_begin = true}});
      if (!history[i].ended) continue;
      events.push_back({*history[i].ended, {.operation = i, .is_begin = false}});
      ++unanswered_for_;
    }
    std::ranges::sort(events, {}, &std::pair<std::uint64_t, Event>::first);
    // Before the first one and behind the last one there is an end, which is no operation's.
    events_.push_back({});
    for (const auto& [time, event] : events) events_.push_back(event);
    events_.push_back({});
    ends_.resize(history.size(), 0);
    for (std::size_t i = 0; i < events_.size(); ++i) {
      events_[i].before = i - 1;
      events_[i].after = i + 1;
      const bool is_inside = i > 0 && i + 1 < events_.size();
      if (is_inside && !events_[i].is_begin) ends_[events_[i].operation] = i;
    }
  }

  bool finds_an_order() {
    std::size_t at = events_[0].after;
    while (unanswered_for_ > 0) {
      if (!events_[at].is_begin) {
        // All that had begun before this end have been tried.
        if (chosen_.empty()) return false;
        at = take_back();
      } else if (choose(at)) {
        at = events_[0].after;
      } else {
        at = events_[at].after;
      }
    }
    return true;
  }

 private:
  struct Event {
    std::size_t operation = 0;
    bool is_begin = false;
    std::size_t before = 0;  // In the list of those that are left.
    std::size_t after = 0;
  };
  struct Choice {
    std::size_t event;
    Register before;
  };

  // The next one in the order, if it can be and has not been in vain before.
  bool choose(std::size_t event) {
    const std::size_t operation = events_[event].operation;
    const auto [possible, after] = step(history_[operation], register_);
    if (!possible) return false;
    done_[operation] = true;
    if (!tried_.emplace(done_, after).second) {
      done_[operation] = false;
      return false;
    }
    chosen_.push_back({event, register_});
    register_ = after;
    unlink(event);
    if (history_[operation].ended) {
      unlink(ends_[operation]);
      --unanswered_for_;
    }
    return true;
  }

  // The one behind what was chosen last, which is left again.
  std::size_t take_back() {
    const auto [event, before] = chosen_.back();
    chosen_.pop_back();
    const std::size_t operation = events_[event].operation;
    register_ = before;
    done_[operation] = false;
    if (history_[operation].ended) {
      link(ends_[operation]);
      ++unanswered_for_;
    }
    link(event);
    return events_[event].after;
  }

  void unlink(std::size_t event) {
    events_[events_[event].before].after = events_[event].after;
    events_[events_[event].after].before = events_[event].before;
  }
  // In the reverse order of `unlink`.
  void link(std::size_t event) {
    events_[events_[event].before].after = event;
    events_[events_[event].after].before = event;
  }

  const std::vector<RegisterOperation>& history_;
  std::vector<Event> events_;
  std::vector<std::size_t> ends_;   // By operation.
  std::size_t unanswered_for_ = 0;  // Operations with an end that have no place in the order yet.
  std::vector<bool> done_;
  Register register_;
  std::vector<Choice> chosen_;
  std::set<std::pair<std::vector<bool>, Register>> tried_;
};

}  // namespace

void PrintTo(const RegisterOperation& operation, std::ostream* out) {
  constexpr std::array<std::string_view, 6> kNames = {"get",      "set",       "set if absent",
                                                      "exchange", "increment", "remove"};
  const auto text = [](const auto& number) {
    return number ? std::to_string(*number) : std::string("none");
  };
  *out << operation.begun << ".." << (operation.ended ? text(operation.ended) : "") << " "
       << kNames.at(static_cast<std::size_t>(operation.action)) << " " << operation.argument;
  if (operation.ended) *out << ": " << text(operation.answer);
}

bool is_linearizable(const std::vector<RegisterOperation>& history) {
  return Search(history).finds_an_order();
}

}  // namespace quartz
