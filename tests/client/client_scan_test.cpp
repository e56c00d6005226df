#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/any_server.hpp"
#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/hashes.hpp"
#include "quartz/client/commands/sets.hpp"
#include "quartz/client/commands/sorted_sets.hpp"
#include "quartz/client/scan.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
namespace c = quartz::commands;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr int kMany = 1'000;

/// All that is met, each once, in an order.
template <class Element>
std::vector<Element> all_of(ClientScan<Element> scan) {
  std::vector<Element> all;
  for (auto page = scan.next().value(); page; page = scan.next().value()) {
    all.insert(all.end(), page->begin(), page->end());
  }
  if constexpr (!std::is_same_v<Element, ScoredMember>) {
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
  }
  return all;
}

std::string numbered(std::string_view before, int number) {
  return std::string(before) + std::to_string(1000 + number);
}

class Scans : public AnyServer {
 protected:
  void SetUp() override {
    AnyServer::SetUp();
    if (!IsSkipped()) client_.emplace(config());
  }

  std::optional<Client> client_;
};

TEST_P(Scans, meet_every_key) {
  std::vector<std::string> keys;
  for (int i = 0; i < kMany; ++i) {
    keys.push_back(numbered("k", i));
    ASSERT_TRUE(client_->set(keys.back(), "v").value());
  }
  EXPECT_EQ(all_of(scan(*client_)), keys);
  EXPECT_EQ(all_of(scan(*client_, {.count = 7})), keys);
}

TEST_P(Scans, meet_keys_of_a_prefix_a_pattern_or_a_type) {
  client_->run(c::hset("a*:hash", {{"f", "v"}})).value();
  for (const char* const key : {"a*:1", "a*:2", "ab:1", "b:1"}) {
    ASSERT_TRUE(client_->set(key, "v").value());
  }
  // What means something in a pattern does not in a prefix.
  EXPECT_THAT(all_of(scan(*client_, {.prefix = "a*"})), ElementsAre("a*:1", "a*:2", "a*:hash"));
  EXPECT_THAT(all_of(scan(*client_, {.match = "a*:1"})), ElementsAre("a*:1", "ab:1"));
  EXPECT_THAT(all_of(scan(*client_, {.prefix = "a", .type = "hash"})), ElementsAre("a*:hash"));
  EXPECT_THAT(all_of(scan(*client_, {.prefix = "none"})), IsEmpty());
}

TEST_P(Scans, meet_what_collections_hold) {
  for (int i = 0; i < kMany; ++i) {
    const std::string name = numbered("m", i);
    client_->run(c::hset("h", {{name, "v" + name}})).value();
    client_->run(c::sadd("s", name)).value();
    client_->command({"ZADD", "z", "1.5", name}).value();
  }
  EXPECT_EQ(all_of(sscan(*client_, "s")).size(), std::size_t{kMany});
  EXPECT_THAT(all_of(sscan(*client_, "s", {.prefix = "m1007"})), ElementsAre("m1007"));
  const auto fields = all_of(hscan(*client_, "h", {.count = 50}));
  ASSERT_EQ(fields.size(), std::size_t{kMany});
  EXPECT_THAT(fields.front(), Pair("m1000", "vm1000"));
  EXPECT_EQ(all_of(zscan(*client_, "z")).size(), std::size_t{kMany});
  EXPECT_THAT(all_of(zscan(*client_, "z", {.match = "m1000"})),
              ElementsAre(ScoredMember{.member = "m1000", .score = 1.5}));
  EXPECT_THAT(all_of(hscan(*client_, "none")), IsEmpty());
}

TEST_P(Scans, go_on_over_another_connection) {
  for (int i = 0; i < kMany; ++i) ASSERT_TRUE(client_->set(numbered("k", i), "v").value());
  auto keys = scan(*client_, {.count = 100});
  std::vector<std::string> all;
  Client other{config()};
  for (auto page = keys.next().value(); page; page = keys.next().value()) {
    all.insert(all.end(), page->begin(), page->end());
    const auto id = client_->command({"CLIENT", "ID"}).value().to_string();
    ASSERT_TRUE(other.command({"CLIENT", "KILL", "ID", id}));
  }
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  EXPECT_EQ(all.size(), std::size_t{kMany});
}

TEST_P(Scans, of_what_holds_something_else_fail) {
  ASSERT_TRUE(client_->set("k", "v").value());
  EXPECT_THAT(hscan(*client_, "k").next(), FailsAs(ClientErrc::wrong_kind, Executed::yes));
}

INSTANTIATE_TEST_SUITE_P(Servers, Scans,
                         testing::Values(Against::quartz, Against::own_process, Against::redis),
                         name_of);

/// A peer with three pages, the second one empty, whose first answer to each of them may be `once`.
class PagedPeer {
 public:
  std::string url() const { return peer_->url(); }
  /// All that it was asked.
  std::vector<std::string> stop() {
    peer_.reset();
    return commands_;
  }
  std::string once;  ///< Empty: the page.

 private:
  std::string answer(const std::string& command) {
    commands_.push_back(command);
    if (!once.empty()) return std::exchange(once, {});
    if (command.starts_with("SCAN 0")) return "*2\r\n$1\r\n7\r\n*1\r\n$1\r\na\r\n";
    if (command.starts_with("SCAN 7")) return "*2\r\n$1\r\n9\r\n*0\r\n";
    return "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\nc\r\n";
  }

  std::vector<std::string> commands_;
  std::optional<ScriptedPeer> peer_{
      std::in_place, [this](PeerConnection& connection) {
        if (!connection.greet()) return;
        connection.answer_all([this](const std::string& command) { return answer(command); });
      }};
};

TEST(ScanPages, come_one_by_one_until_the_end) {
  PagedPeer peer;
  Client client{patient_config(peer.url())};
  auto keys = scan(client, {.match = "*", .count = 5});
  EXPECT_THAT(keys.next().value(), Optional(ElementsAre("a")));
  EXPECT_THAT(keys.next().value(), Optional(IsEmpty()));
  EXPECT_THAT(keys.next().value(), Optional(ElementsAre("b", "c")));
  // Its end stays one, and asks nobody.
  EXPECT_EQ(keys.next().value(), std::nullopt);
  EXPECT_EQ(keys.async_next(asio::use_future).get().value(), std::nullopt);
  EXPECT_THAT(peer.stop(), ElementsAre("SCAN 0 MATCH * COUNT 5", "SCAN 7 MATCH * COUNT 5",
                                       "SCAN 9 MATCH * COUNT 5"));
}

TEST(ScanPages, are_asked_for_again_after_a_failure) {
  PagedPeer peer;
  Client client{patient_config(peer.url())};
  auto keys = scan(client);
  EXPECT_THAT(keys.next().value(), Optional(ElementsAre("a")));
  peer.once = "-ERR out of order\r\n";
  EXPECT_THAT(keys.next(), FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_THAT(keys.next().value(), Optional(IsEmpty()));
}

TEST(ScanPages, must_be_what_they_are_to_be) {
  PagedPeer peer;
  Client client{patient_config(peer.url())};
  for (const char* const wrong : {"+OK\r\n", "*1\r\n$1\r\n0\r\n", "*2\r\n$1\r\n0\r\n$1\r\na\r\n",
                                  "*2\r\n:0\r\n*0\r\n", "*2\r\n$1\r\n0\r\n*1\r\n:1\r\n"}) {
    auto keys = scan(client);
    peer.once = wrong;
    EXPECT_THAT(keys.next(), FailsAs(ClientErrc::unexpected_reply, Executed::yes)) << wrong;
  }
  for (const char* const wrong :
       {"*2\r\n$1\r\n0\r\n*1\r\n$1\r\na\r\n", "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n"}) {
    auto members = zscan(client, "z");
    peer.once = wrong;
    EXPECT_THAT(members.next(), FailsAs(ClientErrc::unexpected_reply, Executed::yes)) << wrong;
  }
}

TEST(ScanPages, of_configurations_that_make_no_sense_fail) {
  PagedPeer peer;
  Client client{patient_config(peer.url())};
  EXPECT_THAT(scan(client, {.prefix = "a", .match = "b"}).next(),
              FailsAs(ClientErrc::invalid_argument, Executed::no));
  EXPECT_THAT(sscan(client, "s", {.type = "string"}).async_next(asio::use_future).get(),
              FailsAs(ClientErrc::invalid_argument, Executed::no));
  EXPECT_THAT(peer.stop(), IsEmpty());
}

TEST(ScanPages, serve_coroutines) {
  PagedPeer peer;
  asio::io_context context;
  Client client{context.get_executor(), patient_config(peer.url())};
  std::vector<std::string> all;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        auto keys = scan(client);
        for (;;) {
          const auto page = co_await keys.async_next(asio::use_awaitable);
          if (!page.value()) break;
          all.insert(all.end(), page.value()->begin(), page.value()->end());
        }
        client.close();
      },
      [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
      });
  context.run();
  EXPECT_THAT(all, ElementsAre("a", "b", "c"));
}

/// A peer that answers nothing.
class SilentPeer {
 public:
  std::string url() const { return peer_.url(); }

 private:
  ScriptedPeer peer_{[](PeerConnection& connection) {
    if (connection.greet()) connection.swallow();
  }};
};

TEST(ScanPages, can_be_cancelled_and_are_one_at_a_time) {
  SilentPeer peer;
  asio::io_context context;
  asio::cancellation_signal signal;
  Client client{context.get_executor(), patient_config(peer.url())};
  std::vector<ClientErrc> failures;
  auto keys = scan(client);
  keys.async_next(
      asio::bind_cancellation_slot(signal.slot(), [&](ClientResult<ScanPage<std::string>> page) {
        failures.push_back(page.error().code());
        client.close();
      }));
  keys.async_next([&](ClientResult<ScanPage<std::string>> page) {
    failures.push_back(page.error().code());
    signal.emit(asio::cancellation_type::terminal);
  });
  context.run();
  EXPECT_THAT(failures, ElementsAre(ClientErrc::invalid_argument, ClientErrc::cancelled));
}

TEST(ScanPages, may_outlive_their_scan) {
  SilentPeer peer;
  Client client{patient_config(peer.url())};
  auto page = scan(client).async_next(asio::use_future);
  client.close();
  EXPECT_EQ(page.get().error().code(), ClientErrc::closed);
}

}  // namespace
}  // namespace quartz::client
