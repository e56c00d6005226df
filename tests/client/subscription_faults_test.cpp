#include <atomic>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "client/client_fixture.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/channels.hpp"
#include "support/fault_proxy.hpp"

namespace quartz::client {
namespace {

int number_in(std::string_view text) {
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Once it has confirmed a subscription, the server is soon gone.
ConnectionFaults soon_gone(std::uint64_t /*connection*/, Random& random) {
  constexpr StreamEnd kEnds[] = {StreamEnd::reset, StreamEnd::half_close, StreamEnd::close};
  ConnectionFaults faults;
  faults.to_client.end_after = 1'000 + random.below(3'000);
  faults.to_client.end = kEnds[random.below(3)];
  return faults;
}

/// Publishes numbers, one after another, until its end.
class Numbers {
 public:
  explicit Numbers(ClientConfig config) : client_(std::move(config)) {}
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;
  ~Numbers() {
    enough_ = true;
    publishing_.join();
  }

 private:
  void publish() {
    for (int i = 0; !enough_; ++i) {
      EXPECT_TRUE(client_.run(commands::publish("n", std::to_string(i))));
    }
  }

  Client client_;
  std::atomic<bool> enough_{false};
  std::thread publishing_{[this] { publish(); }};
};

class SubscriptionFaults : public ServedClient {};

TEST_F(SubscriptionFaults, lose_and_repeat_nothing_without_a_gap_that_is_told) {
  constexpr int kGaps = 50;
  const ClientConfig direct = patient_config(url());
  FaultProxy proxy(server_->resp_port().value());
  proxy.set_script(soon_gone);
  Client client{patient_config("quartz://127.0.0.1:" + std::to_string(proxy.port()))};
  // Sometimes it is the reader who is slower.
  auto subscription = client.subscribe({.channels = {"n"}, .messages_max = 8}).value();
  const Numbers numbers(direct);
  int expected = 0;
  bool gap = false;
  for (int gaps = 0; gaps < kGaps;) {
    const auto event = subscription.next({.timeout = kPatience, .deadline = {}}).value();
    const auto* const message = std::get_if<Message>(&event);
    if (message == nullptr) {
      gap = true;
      ++gaps;
      continue;
    }
    const int number = number_in(message->payload);
    if (!std::exchange(gap, false)) {
      ASSERT_EQ(number, expected);
    }
    ASSERT_GE(number, expected);
    expected = number + 1;
  }
  EXPECT_GE(proxy.counts().connections, std::uint64_t{kGaps});
}

}  // namespace
}  // namespace quartz::client
