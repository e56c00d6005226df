#include "client/exchange.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "support/result_matchers.hpp"

namespace quartz::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// What became of requests: "a=+1" for a reply, "a:lost" for a failure.
using Log = std::vector<std::string>;

class LoggedWaiter : public Exchange::Waiter {
 public:
  LoggedWaiter(Log& log, std::string name) : log_(log), name_(std::move(name)) {}

  void replied(Exchange::Reply reply) override {
    std::string text = name_ + "=";
    for (const protocol::RespNode& node : reply) {
      text += static_cast<char>(node.type);
      text += node.text;
    }
    log_.push_back(std::move(text));
    if (then) then();
  }
  void failed(FailureKind kind) override {
    log_.push_back(name_ + ":" + std::string(to_string(kind)));
    if (then) then();
  }

  std::function<void()> then;  // Done once it knows.

 private:
  Log& log_;
  const std::string name_;
};

class Exchanges : public testing::Test {
 protected:
  LoggedWaiter& waiter(const std::string& name) {
    return *waiters_.emplace_back(std::make_unique<LoggedWaiter>(log_, name));
  }
  /// Submits a request that is its name.
  LoggedWaiter& submit(const std::string& name) {
    LoggedWaiter& one = waiter(name);
    exchange_.submit(name + ";", one);
    return one;
  }
  std::string write() {
    const std::string bytes(exchange_.begin_write());
    exchange_.end_write();
    return bytes;
  }

  Log log_;
  std::vector<std::unique_ptr<LoggedWaiter>> waiters_;
  Exchange exchange_{
      [this](Exchange::Reply push) { log_.push_back("push " + std::string(push[1].text)); }};
};

TEST_F(Exchanges, give_each_request_the_reply_in_its_place) {
  submit("a");
  submit("b");
  EXPECT_EQ(write(), "a;b;");
  EXPECT_EQ(exchange_.in_flight(), 2u);
  EXPECT_THAT(exchange_.receive("+1\r\n$3\r\ntwo\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("a=+1", "b=$two"));
  EXPECT_EQ(exchange_.in_flight(), 0u);
}

TEST_F(Exchanges, collect_what_is_submitted_while_a_write_is_under_way) {
  submit("a");
  EXPECT_EQ(exchange_.begin_write(), "a;");
  EXPECT_TRUE(exchange_.writing());
  submit("b");
  submit("c");
  EXPECT_EQ(exchange_.collected_bytes(), 4u);
  exchange_.end_write();
  EXPECT_EQ(write(), "b;c;");
  EXPECT_EQ(write(), "");
  EXPECT_FALSE(exchange_.writing());
}

TEST_F(Exchanges, take_replies_in_whatever_pieces_they_arrive) {
  const std::string replies = "+1\r\n$3\r\ntwo\r\n*2\r\n:3\r\n_\r\n-ERR four\r\n";
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    log_.clear();
    for (const char* name : {"a", "b", "c", "d"}) submit(name);
    write();
    for (std::size_t begin = 0; begin < replies.size();) {
      const std::size_t count = 1 + random.below(8);
      ASSERT_THAT(exchange_.receive(std::string_view(replies).substr(begin, count)), Succeeds());
      begin += count;
    }
    ASSERT_THAT(log_, ElementsAre("a=+1", "b=$two", "c=*:3_", "d=-ERR four")) << "seed " << seed;
  }
}

TEST_F(Exchanges, tell_pushes_apart_from_replies) {
  submit("a");
  write();
  EXPECT_THAT(exchange_.receive(">2\r\n+news\r\n+x\r\n+1\r\n>2\r\n+later\r\n+y\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("push news", "a=+1", "push later"));
}

TEST_F(Exchanges, give_a_reply_with_what_is_said_about_it) {
  submit("a");
  write();
  EXPECT_THAT(exchange_.receive("|1\r\n+ttl\r\n:5\r\n+1\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("a=|+ttl:5+1"));
}

TEST_F(Exchanges, drop_replies_that_nobody_waits_for_any_more) {
  submit("a");
  const LoggedWaiter& b = submit("b");
  submit("c");
  write();
  EXPECT_TRUE(exchange_.abandon(b));
  EXPECT_THAT(exchange_.receive("+1\r\n+2\r\n+3\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("a=+1", "c=+3"));
}

TEST_F(Exchanges, never_write_what_was_abandoned_in_time) {
  submit("a");
  const LoggedWaiter& b = submit("b");
  submit("c");
  EXPECT_FALSE(exchange_.abandon(b));
  EXPECT_EQ(write(), "a;c;");
  EXPECT_EQ(exchange_.in_flight(), 2u);
  EXPECT_THAT(exchange_.receive("+1\r\n+3\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("a=+1", "c=+3"));
}

TEST_F(Exchanges, write_what_is_left_of_many_that_were_abandoned) {
  std::vector<LoggedWaiter*> waiting;
  for (int i = 0; i < 500; ++i) waiting.push_back(&submit(std::to_string(i)));
  for (int i = 0; i < 500; ++i) {
    if (i % 100 == 7) continue;
    EXPECT_FALSE(exchange_.abandon(*waiting[static_cast<std::size_t>(i)]));
  }
  // What was given up is not kept until a write comes.
  EXPECT_LT(exchange_.collected_bytes(), 500u);
  EXPECT_EQ(write(), "7;107;207;307;407;");
  EXPECT_THAT(exchange_.receive("+a\r\n+b\r\n+c\r\n+d\r\n+e\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("7=+a", "107=+b", "207=+c", "307=+d", "407=+e"));
}

TEST_F(Exchanges, say_that_what_a_write_has_begun_with_may_be_heard) {
  LoggedWaiter& a = submit("a");
  static_cast<void>(exchange_.begin_write());
  EXPECT_TRUE(exchange_.abandon(a));
}

TEST_F(Exchanges, give_a_request_of_several_commands_all_their_replies) {
  LoggedWaiter& several = waiter("several");
  exchange_.submit("x;y;z;", several, 3);
  submit("b");
  EXPECT_EQ(write(), "x;y;z;b;");
  EXPECT_EQ(exchange_.in_flight(), 4u);
  EXPECT_THAT(exchange_.receive("+1\r\n+2\r\n+3\r\n+4\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("several=+1", "several=+2", "several=+3", "b=+4"));
}

TEST_F(Exchanges, tell_a_request_of_several_commands_of_the_end_once) {
  LoggedWaiter& several = waiter("several");
  exchange_.submit("x;y;z;", several, 3);
  write();
  ASSERT_THAT(exchange_.receive("+1\r\n"), Succeeds());
  exchange_.disconnect();
  EXPECT_THAT(log_, ElementsAre("several=+1", "several:lost"));
}

TEST_F(Exchanges, drop_the_rest_of_a_request_of_several_commands) {
  LoggedWaiter& several = waiter("several");
  exchange_.submit("x;y;z;", several, 3);
  submit("b");
  write();
  ASSERT_THAT(exchange_.receive("+1\r\n"), Succeeds());
  EXPECT_TRUE(exchange_.abandon(several));
  ASSERT_THAT(exchange_.receive("+2\r\n+3\r\n+4\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("several=+1", "b=+4"));
}

TEST_F(Exchanges, take_back_a_request_of_several_commands) {
  LoggedWaiter& several = waiter("several");
  submit("a");
  exchange_.submit("x;y;z;", several, 3);
  LoggedWaiter& others = waiter("others");
  exchange_.submit("p;q;", others, 2);
  EXPECT_FALSE(exchange_.abandon(several));
  EXPECT_EQ(write(), "a;p;q;");
  ASSERT_THAT(exchange_.receive("+1\r\n+2\r\n+3\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("a=+1", "others=+2", "others=+3"));
}

TEST_F(Exchanges, tell_at_the_end_who_may_have_been_heard) {
  submit("answered");
  write();
  ASSERT_THAT(exchange_.receive("+1\r\n"), Succeeds());
  submit("written");
  write();
  submit("being_written");
  static_cast<void>(exchange_.begin_write());
  submit("collected");
  exchange_.disconnect();
  EXPECT_THAT(
      log_, ElementsAre("answered=+1", "written:lost", "being_written:lost", "collected:not_sent"));
  EXPECT_EQ(exchange_.in_flight(), 0u);
  EXPECT_FALSE(exchange_.writing());
}

TEST_F(Exchanges, begin_anew_after_the_end) {
  submit("a");
  write();
  ASSERT_THAT(exchange_.receive("$10\r\nhalf"), Succeeds());
  exchange_.disconnect();
  submit("b");
  EXPECT_EQ(write(), "b;");
  EXPECT_THAT(exchange_.receive("+2\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("a:lost", "b=+2"));
}

TEST_F(Exchanges, take_requests_from_within_replies_and_ends) {
  submit("a").then = [this] { submit("from_reply"); };
  write();
  ASSERT_THAT(exchange_.receive("+1\r\n"), Succeeds());
  EXPECT_EQ(write(), "from_reply;");
  submit("b").then = [this] { submit("from_end"); };
  exchange_.disconnect();
  EXPECT_THAT(log_, ElementsAre("a=+1", "from_reply:lost", "b:not_sent"));
  EXPECT_EQ(write(), "from_end;");
  EXPECT_THAT(exchange_.receive("+2\r\n"), Succeeds());
  EXPECT_EQ(log_.back(), "from_end=+2");
}

TEST_F(Exchanges, may_be_abandoned_from_within_an_end) {
  LoggedWaiter& first = submit("a");
  const LoggedWaiter& second = submit("b");
  first.then = [&] { exchange_.abandon(second); };
  exchange_.disconnect();
  EXPECT_THAT(log_, ElementsAre("a:not_sent"));
}

TEST_F(Exchanges, refuse_replies_that_nobody_asked_for) {
  EXPECT_THAT(exchange_.receive("+1\r\n"), FailsWith(Errc::io_error, HasSubstr("not sent")));
  submit("collected");
  EXPECT_THAT(exchange_.receive("+1\r\n"), FailsWith(Errc::io_error, HasSubstr("not sent")));
}

TEST_F(Exchanges, refuse_what_is_no_reply) {
  submit("a");
  write();
  EXPECT_THAT(exchange_.receive("HTTP/1.1 400 Bad Request\r\n"),
              FailsWith(Errc::io_error, HasSubstr("does not speak the protocol")));
  exchange_.disconnect();
  EXPECT_THAT(log_, ElementsAre("a:lost"));
}

TEST_F(Exchanges, keep_their_order_however_many_wait) {
  std::string replies;
  Log expected;
  for (int i = 0; i < 1000; ++i) {
    submit(std::to_string(i));
    replies += "+" + std::to_string(i) + "\r\n";
    expected.push_back(std::to_string(i) + "=+" + std::to_string(i));
  }
  write();
  EXPECT_THAT(exchange_.receive(replies), Succeeds());
  EXPECT_EQ(log_, expected);
}

TEST_F(Exchanges, end_with_a_batch_that_cannot_begin) {
  LoggedWaiter& batch = waiter("batch");
  exchange_.submit("batch;", batch, 3);
  submit("stranger");
  write();
  EXPECT_THAT(exchange_.receive("-ERR no\r\n+1\r\n-ERR EXEC without MULTI\r\n+2\r\n"),
              FailsWith(Errc::io_error, HasSubstr("refused MULTI: ERR no")));
  EXPECT_THAT(log_, ElementsAre());
  exchange_.disconnect();
  EXPECT_THAT(log_, ElementsAre("batch:lost", "stranger:lost"));
}

TEST_F(Exchanges, end_with_a_batch_that_stays_open) {
  LoggedWaiter& batch = waiter("batch");
  exchange_.submit("batch;", batch, 3);
  submit("stranger");
  write();
  EXPECT_THAT(exchange_.receive("+OK\r\n+QUEUED\r\n-ERR later\r\n+QUEUED\r\n"),
              FailsWith(Errc::io_error, HasSubstr("refused EXEC: ERR later")));
  exchange_.disconnect();
  EXPECT_THAT(log_, ElementsAre("batch=+OK", "batch=+QUEUED", "batch:lost", "stranger:lost"));
}

TEST_F(Exchanges, go_on_behind_a_batch_that_the_server_has_given_up) {
  LoggedWaiter& batch = waiter("batch");
  exchange_.submit("batch;", batch, 3);
  submit("stranger");
  write();
  EXPECT_THAT(exchange_.receive("+OK\r\n-ERR what\r\n-EXECABORT because\r\n+1\r\n"), Succeeds());
  EXPECT_THAT(
      log_, ElementsAre("batch=+OK", "batch=-ERR what", "batch=-EXECABORT because", "stranger=+1"));
}

TEST_F(Exchanges, end_with_a_batch_that_stays_open_though_nobody_waits_for_it) {
  submit("withdrawn");
  LoggedWaiter& batch = waiter("batch");
  exchange_.submit("batch;", batch, 3);
  // Moves the batch to another place.
  EXPECT_FALSE(exchange_.abandon(*waiters_.front()));
  EXPECT_EQ(write(), "batch;");
  EXPECT_TRUE(exchange_.abandon(batch));
  EXPECT_THAT(exchange_.receive("+OK\r\n+QUEUED\r\n-ERR later\r\n"),
              FailsWith(Errc::io_error, HasSubstr("refused EXEC")));
}

TEST_F(Exchanges, tell_the_refusals_of_what_else_is_not_answered) {
  LoggedWaiter& both = waiter("both");
  exchange_.submit_unanswered("a;b;ping;", both, 2);
  submit("next");
  write();
  EXPECT_THAT(exchange_.receive(">2\r\n+subscribe\r\n+x\r\n-NOPERM b\r\n+PONG\r\n+1\r\n"),
              Succeeds());
  EXPECT_THAT(log_, ElementsAre("push subscribe", "both=-NOPERM b", "both=+PONG", "next=+1"));
}

TEST_F(Exchanges, take_a_refusal_of_the_last_command_for_its_answer) {
  LoggedWaiter& one = waiter("one");
  exchange_.submit_unanswered("a;ping;", one, 1);
  submit("next");
  write();
  EXPECT_THAT(exchange_.receive("-ERR a\r\n-ERR ping\r\n+1\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("one=-ERR a", "one=-ERR ping", "next=+1"));
}

TEST_F(Exchanges, drop_refusals_that_nobody_waits_for) {
  submit("withdrawn");
  LoggedWaiter& one = waiter("one");
  exchange_.submit_unanswered("a;ping;", one, 1);
  submit("next");
  // Moves the others to other places.
  EXPECT_FALSE(exchange_.abandon(*waiters_.front()));
  EXPECT_EQ(write(), "a;ping;next;");
  EXPECT_TRUE(exchange_.abandon(one));
  EXPECT_THAT(exchange_.receive("-ERR a\r\n+PONG\r\n+1\r\n"), Succeeds());
  EXPECT_THAT(log_, ElementsAre("next=+1"));
}

}  // namespace
}  // namespace quartz::client
