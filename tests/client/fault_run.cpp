#include "client/fault_run.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ostream>
#include <string_view>
#include <utility>

#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "quartz/client/commands/lists.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using Clock = ProxiedClients::Clock;

constexpr std::size_t kTexts = 32;
constexpr std::size_t kCounters = 8;
constexpr std::size_t kLists = 16;
constexpr std::size_t kPaddingMax = 200;

std::string text_key(std::size_t key) { return fmt::format("text:{}", key); }
std::string counter_key(std::size_t key) { return fmt::format("counter:{}", key); }
std::string list_key(std::size_t list) { return fmt::format("list:{}", list); }

// The n-th text that was written to a key: of a length of its own, so that none is a part of
// another.
std::string text_of(std::size_t key, std::uint64_t n) {
  return fmt::format("{}:{}:{}.", key, n, std::string(n % kPaddingMax, 'x'));
}

bool is_text_of(std::size_t key, std::uint64_t issued, std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  std::uint64_t n = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), n);
  return n < issued && text == text_of(key, n);
}

/// As a command that the server carries out once, however often it is sent.
std::vector<std::string> with_key(const std::string& name, std::uint64_t number,
                                  std::vector<std::string> words) {
  std::vector<std::string> keyed = {"QUARTZ.ONCE", name, std::to_string(number)};
  std::ranges::move(words, std::back_inserter(keyed));
  return keyed;
}

std::vector<std::string_view> views(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

RequestOptions options_for(bool may_be_repeated) {
  RequestOptions options;
  if (may_be_repeated) options.idempotency = Idempotency::yes;
  return options;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values.at(static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const FaultFigures& figures) {
  return out << fmt::format(
             "{} operations, {} failed, of which {} not executed; {} of {} repeatable ones failed; "
             "{} timed out, late by {:.2f} ms (median), {:.2f} ms (99 %), {:.2f} ms (most); "
             "{} retries; well again after {:.1f} ms (median), {:.1f} ms (most)",
             figures.operations, figures.failed, figures.not_executed, figures.repeatable_failed,
             figures.repeatable, figures.timed_out, percentile(figures.late_ms, 0.5),
             percentile(figures.late_ms, 0.99), percentile(figures.late_ms, 1), figures.retries,
             percentile(figures.recoveries_ms, 0.5), percentile(figures.recoveries_ms, 1));
}

FaultRun::FaultRun(std::uint16_t server_port, std::uint64_t seed, const ClientConfig& config,
                   Size size)
    : server_port_(server_port),
      size_(size),
      request_timeout_(config.request_timeout),
      random_(seed),
      counters_(kCounters),
      texts_(kTexts),
      clients_(server_port, seed, config, size.clients) {
  for (std::size_t i = 0; i < size.clients; ++i) {
    senders_.push_back({.name = fmt::format("sender:{}", i), .sent = 0});
  }
}

void FaultRun::operations(std::uint64_t count) {
  const std::size_t coroutines = size_.clients * size_.coroutines;
  for (std::size_t i = 0; i < coroutines; ++i) {
    const std::uint64_t share = count / coroutines + (i < count % coroutines ? 1 : 0);
    clients_.add(go_on(i % size_.clients, random_.next(), share));
  }
  clients_.run();
}

asio::awaitable<void> FaultRun::go_on(std::size_t which, std::uint64_t seed, std::uint64_t count) {
  Random random(seed);
  Client& client = clients_.client(which);
  for (; count > 0; --count) {
    const std::size_t key = random.below(kTexts);
    const std::size_t counter = random.below(kCounters);
    const std::array<std::size_t, 2> lists = {random.below(kLists / 2),
                                              kLists / 2 + random.below(kLists / 2)};
    Sender* const sender = random.one_in(2) ? &senders_[which] : nullptr;
    const std::uint64_t kind = random.below(20);
    if (kind < 9) {
      co_await get(client, key);
    } else if (kind < 13) {
      co_await set(client, key);
    } else if (kind < 15) {
      co_await increment(client, counter, sender);
    } else if (kind < 18) {
      co_await push(client, lists[random.below(2)], sender);
    } else {
      co_await push_to_two(client, lists, sender);
    }
  }
}

template <class T>
FaultRun::Times FaultRun::note(const ClientResult<T>& result, Clock::time_point begun,
                               bool may_be_repeated) {
  clients_.operation_ended(begun);
  ++figures_.operations;
  if (may_be_repeated) ++figures_.repeatable;
  if (result) return Times::once;
  const ClientError& error = result.error();
  ++figures_.failed;
  if (may_be_repeated) ++figures_.repeatable_failed;
  // Nothing else can go wrong with what is asked here.
  EXPECT_TRUE(error.code() == ClientErrc::unavailable || error.code() == ClientErrc::timed_out)
      << error.to_string();
  if (error.code() == ClientErrc::timed_out) {
    ++figures_.timed_out;
    const std::chrono::duration<double, std::milli> late = Clock::now() - begun - request_timeout_;
    figures_.late_ms.push_back(late.count());
  }
  if (error.executed() == Executed::unknown) return Times::once_or_never;
  EXPECT_EQ(error.executed(), Executed::no) << error.to_string();
  ++figures_.not_executed;
  return Times::never;
}

asio::awaitable<void> FaultRun::get(Client& client, std::size_t key) {
  const std::string name = text_key(key);
  const bool stored = texts_[key].stored;
  const auto begun = Clock::now();
  const auto found = co_await client.async_get(name, asio::use_awaitable);
  if (note(found, begun, true) != Times::once) co_return;
  if (*found) {
    EXPECT_TRUE(is_text_of(key, texts_[key].issued, **found)) << name << ": " << **found;
  } else {
    EXPECT_FALSE(stored) << name << " is gone";
  }
}

asio::awaitable<void> FaultRun::set(Client& client, std::size_t key) {
  const std::string name = text_key(key);
  const std::string text = text_of(key, texts_[key].issued++);
  const auto begun = Clock::now();
  const auto stored = co_await client.async_set(name, text, asio::use_awaitable);
  if (note(stored, begun, true) == Times::once) texts_[key].stored = true;
}

asio::awaitable<void> FaultRun::increment(Client& client, std::size_t key, Sender* sender) {
  std::vector<std::string> words = {"INCR", counter_key(key)};
  if (sender != nullptr) words = with_key(sender->name, sender->sent++, std::move(words));
  Command<std::int64_t> command(views(words));
  const bool may_be_repeated = sender != nullptr;
  const RequestOptions options = options_for(may_be_repeated);
  const auto begun = Clock::now();
  const auto number = co_await client.async_run(std::move(command), options, asio::use_awaitable);
  const Times times = note(number, begun, may_be_repeated);
  if (times == Times::once) counters_[key].answers.push_back(*number);
  if (times == Times::once_or_never) ++counters_[key].unknown;
}

asio::awaitable<void> FaultRun::push(Client& client, std::size_t list, Sender* sender) {
  const std::size_t element = pushes_.size();
  pushes_.push_back({.lists = {list, list}});
  std::vector<std::string> words = {"RPUSH", list_key(list), std::to_string(element)};
  if (sender != nullptr) words = with_key(sender->name, sender->sent++, std::move(words));
  Command<std::int64_t> command(views(words));
  const bool may_be_repeated = sender != nullptr;
  const RequestOptions options = options_for(may_be_repeated);
  const auto begun = Clock::now();
  const auto length = co_await client.async_run(std::move(command), options, asio::use_awaitable);
  pushes_[element].times = note(length, begun, may_be_repeated);
}

asio::awaitable<void> FaultRun::push_to_two(Client& client, std::array<std::size_t, 2> lists,
                                            Sender* sender) {
  const std::size_t element = pushes_.size();
  pushes_.push_back({.lists = lists});
  Batch batch;
  for (const std::size_t list : lists) {
    std::vector<std::string> words = {"RPUSH", list_key(list), std::to_string(element)};
    if (sender != nullptr) words = with_key(sender->name, sender->sent++, std::move(words));
    batch.add(Command<std::int64_t>(views(words)));
  }
  const bool may_be_repeated = sender != nullptr;
  const RequestOptions options = options_for(may_be_repeated);
  const auto begun = Clock::now();
  const auto replies = co_await client.async_exec(batch, options, asio::use_awaitable);
  pushes_[element].times = note(replies, begun, may_be_repeated);
  if (!replies) co_return;
  for (const Reply& reply : *replies) EXPECT_TRUE(reply.integer()) << reply.to_string();
}

void FaultRun::judge() {
  clients_.heal();
  figures_.retries = clients_.retries();
  figures_.recoveries_ms = clients_.recoveries_ms();
  clients_.close();
  Client direct{patient_config(fmt::format("quartz://127.0.0.1:{}", server_port_))};
  judge_lists(direct);
  judge_counters(direct);
}

void FaultRun::judge_lists(Client& direct) {
  std::vector<std::array<std::uint64_t, kLists>> found(pushes_.size());
  for (std::size_t list = 0; list < kLists; ++list) {
    const auto elements = direct.run(commands::lrange(list_key(list), 0, -1));
    ASSERT_TRUE(elements) << elements.error().to_string();
    for (const std::string& element : *elements) {
      std::size_t number = pushes_.size();
      std::from_chars(element.data(), element.data() + element.size(), number);
      ASSERT_LT(number, pushes_.size()) << element;
      ++found[number][list];
    }
  }
  for (std::size_t element = 0; element < pushes_.size(); ++element) {
    const Push& push = pushes_[element];
    const auto [first, second] = push.lists;
    const std::uint64_t times = found[element][first];
    const std::uint64_t least = push.times == Times::once ? 1 : 0;
    const std::uint64_t most = push.times == Times::never ? 0 : 1;
    EXPECT_GE(times, least) << "element " << element;
    EXPECT_LE(times, most) << "element " << element;
    // All of a batch or nothing, and nowhere else.
    EXPECT_EQ(found[element][second], times) << "element " << element;
    for (const std::size_t list : {first, second}) found[element][list] = 0;
    EXPECT_EQ(std::ranges::count(found[element], 0u), std::ssize(found[element]));
  }
}

void FaultRun::judge_counters(Client& direct) {
  for (std::size_t key = 0; key < kCounters; ++key) {
    Counter& counter = counters_[key];
    const auto text = direct.get(counter_key(key));
    ASSERT_TRUE(text) << text.error().to_string();
    const std::uint64_t held = *text ? std::stoull(**text) : 0;
    const std::uint64_t acknowledged = counter.answers.size();
    EXPECT_GE(held, acknowledged) << counter_key(key);
    EXPECT_LE(held, acknowledged + counter.unknown) << counter_key(key);
    // Each number was given once.
    std::ranges::sort(counter.answers);
    EXPECT_EQ(std::ranges::adjacent_find(counter.answers), counter.answers.end())
        << counter_key(key);
    if (acknowledged == 0) continue;
    EXPECT_GE(counter.answers.front(), 1);
    EXPECT_LE(counter.answers.back(), static_cast<std::int64_t>(held));
  }
}

}  // namespace quartz::client
