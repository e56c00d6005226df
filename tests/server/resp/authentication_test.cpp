#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/auth/access_control.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kNoAuth = "-NOAUTH Authentication required.\r\n";
constexpr std::string_view kWrong =
    "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

/// A server that knows users, and a client of it.
class RespUsers : public RespConversation {
 protected:
  std::string create(std::string_view name, std::initializer_list<std::string_view> texts) {
    std::vector<Scope> scopes;
    for (const std::string_view text : texts) scopes.push_back(parse_scope(text).value());
    return users_->create(name, scopes).value();
  }
  std::string ask(std::string_view line) { return peer_.say(line); }
  void log_in(std::string_view name, std::string_view secret) {
    ASSERT_EQ(ask("AUTH " + std::string(name) + " " + std::string(secret)), "+OK\r\n");
  }

  std::unique_ptr<Users> users_ = Users::open(engine()).value();
  AuthenticationConfig config_;
  ServerLog log_{[](LogLevel, std::string_view) {}};
  AccessControl access_{*users_, config_, log_};
  /// What a line is replied while the rate is used up; there is none again afterwards.
  std::string ask_beyond_rate(std::string_view line) {
    access_.rates().set_per_second(1);
    const std::string replies = peer_.send("PING\r\n" + std::string(line) + "\r\n");
    access_.rates().set_per_second(0);
    return replies.substr(replies.find('\n') + 1);
  }

  RespServer guarded_{service(), {.access = &access_}};
  RespPeer peer_{guarded_};
};

TEST_F(RespUsers, are_everybody_until_there_is_one) {
  EXPECT_EQ(ask("SET a 1"), "+OK\r\n");
  EXPECT_EQ(ask("ACL WHOAMI"), "$7\r\ndefault\r\n");
  EXPECT_EQ(ask("AUTH default anything"), "+OK\r\n");
  EXPECT_EQ(ask("AUTH nobody x"), kWrong);
  EXPECT_EQ(ask("AUTH x"),
            "-ERR AUTH <password> called without any password configured for the default user. Are "
            "you sure your configuration is correct?\r\n");
  EXPECT_EQ(ask("ACL LIST"), "*1\r\n$34\r\nuser default on nopass ~* &* +@all\r\n");
}

TEST_F(RespUsers, must_say_who_they_are_before_anything_else) {
  create("shop", {"kv:read"});
  EXPECT_EQ(ask("GET a"), kNoAuth);
  EXPECT_EQ(ask("PING"), kNoAuth);
  EXPECT_EQ(ask("MULTI"), kNoAuth);
  EXPECT_EQ(ask("GET"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_THAT(ask("HELLO 3"), StartsWith("-NOAUTH HELLO must be called with the client already"));
  EXPECT_EQ(ask("HELLO 3 AUTH shop wrong"), kWrong);
  EXPECT_EQ(ask("AUTH wrong"), kWrong);
  EXPECT_EQ(ask("AUTH a b c"), "-ERR syntax error\r\n");
}

TEST_F(RespUsers, may_send_little_before_they_are_known) {
  create("shop", {"kv:read"});
  EXPECT_EQ(peer_.send("*11\r\n"), "-ERR Protocol error: unauthenticated multibulk length\r\n");
  EXPECT_TRUE(peer_.is_closed());
  RespPeer other(guarded_);
  EXPECT_EQ(other.send("*2\r\n$16385\r\n"), "-ERR Protocol error: unauthenticated bulk length\r\n");
}

TEST_F(RespUsers, log_in_by_hello_in_the_same_burst_as_what_they_ask) {
  const std::string secret = create("shop", {"kv:read"});
  const std::string replies = peer_.send("HELLO 2 AUTH shop " + secret + "\r\nGET a\r\n");
  EXPECT_THAT(replies, StartsWith("*14\r\n"));
  EXPECT_THAT(replies, HasSubstr("*0\r\n$-1\r\n"));
  EXPECT_EQ(ask("ACL WHOAMI"), "$4\r\nshop\r\n");
}

TEST_F(RespUsers, named_default_need_no_name) {
  const std::string secret = create("default", {"admin"});
  EXPECT_EQ(ask("AUTH " + secret), "+OK\r\n");
  EXPECT_EQ(ask("CONFIG GET save"), "*2\r\n$4\r\nsave\r\n$0\r\n\r\n");
}

TEST_F(RespUsers, may_only_what_they_are_granted) {
  log_in("shop", create("shop", {"kv:read:app:", "kv:write:app:own:"}));
  EXPECT_EQ(ask("GET app:1"), "$-1\r\n");
  EXPECT_EQ(ask("SET app:own:1 x"), "+OK\r\n");
  constexpr std::string_view kKeyDenied =
      "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n";
  EXPECT_EQ(ask("GET other"), kKeyDenied);
  EXPECT_EQ(ask("MGET app:1 other"), kKeyDenied);
  EXPECT_EQ(ask("WATCH other"), kKeyDenied);
  EXPECT_EQ(ask("SET app:1 x"), kKeyDenied);
  EXPECT_EQ(ask("RENAME app:own:1 other"), kKeyDenied);
  const auto denied = [](std::string_view name) {
    return "-NOPERM this user has no permissions to run the '" + std::string(name) +
           "' command\r\n";
  };
  EXPECT_EQ(ask("KEYS *"), denied("keys"));
  EXPECT_EQ(ask("DBSIZE"), denied("dbsize"));
  EXPECT_EQ(ask("FLUSHALL"), denied("flushall"));
  EXPECT_EQ(ask("CONFIG GET x"), denied("config|get"));
  EXPECT_EQ(ask("CLIENT KILL ID 1"), denied("client|kill"));
  EXPECT_EQ(ask("SUBSCRIBE x"), denied("subscribe"));
  EXPECT_EQ(ask("PING"), "+PONG\r\n");
}

TEST_F(RespUsers, sort_only_where_they_may_and_by_other_keys_only_if_they_may_read_all) {
  log_in("shop", create("shop", {"kv:read:app:", "kv:write:app:"}));
  EXPECT_EQ(ask("RPUSH app:list 2 1"), ":2\r\n");
  EXPECT_EQ(ask("SORT app:list STORE app:kept"), ":2\r\n");
  EXPECT_EQ(ask("SORT app:list BY nosort"), "*2\r\n$1\r\n2\r\n$1\r\n1\r\n");
  EXPECT_THAT(ask("SORT app:list STORE other"), StartsWith("-NOPERM"));
  EXPECT_EQ(ask("SORT app:list BY other:*"),
            "-ERR BY option of SORT denied due to insufficient ACL permissions.\r\n");
  EXPECT_EQ(ask("SORT_RO app:list GET other:*"),
            "-ERR GET option of SORT denied due to insufficient ACL permissions.\r\n");
  RespPeer reader(guarded_);
  reader.say("AUTH reader " + create("reader", {"kv:read"}));
  EXPECT_EQ(reader.say("SORT_RO app:list BY other:* GET #"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
}

TEST_F(RespUsers, spoil_a_transaction_with_what_they_may_not) {
  log_in("shop", create("shop", {"kv:read"}));
  EXPECT_EQ(ask("MULTI"), "+OK\r\n");
  EXPECT_THAT(ask("SET a 1"), StartsWith("-NOPERM"));
  EXPECT_EQ(ask("EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
}

TEST_F(RespUsers, who_are_nobody_have_no_transaction_to_end) {
  const std::string secret = create("shop", {"kv:read"});
  create("other", {"kv:read"});
  constexpr std::string_view kAborted =
      "-EXECABORT Transaction discarded because of: NOAUTH Authentication required.\r\n";
  EXPECT_EQ(ask("EXEC"), kAborted);
  log_in("shop", secret);
  EXPECT_EQ(ask("MULTI"), "+OK\r\n");
  EXPECT_EQ(ask("GET a"), "+QUEUED\r\n");
  ASSERT_TRUE(users_->revoke("shop"));
  EXPECT_EQ(ask("GET a"), kNoAuth);
  EXPECT_EQ(ask("EXEC"), kAborted);
  log_in("shop", create("shop", {"kv:read"}));
  EXPECT_EQ(ask("EXEC"), "-ERR EXEC without MULTI\r\n");
}

TEST_F(RespUsers, spoil_a_transaction_with_what_is_beyond_their_rate) {
  EXPECT_EQ(ask("MULTI"), "+OK\r\n");
  EXPECT_EQ(ask("SET a 1"), "+QUEUED\r\n");
  EXPECT_EQ(ask_beyond_rate("SET b 1"), "-ERR rate limit exceeded\r\n");
  EXPECT_EQ(ask("EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
  EXPECT_EQ(ask("EXISTS a b"), ":0\r\n");
}

TEST_F(RespUsers, end_a_transaction_with_an_exec_that_is_beyond_their_rate) {
  EXPECT_EQ(ask("WATCH w"), "+OK\r\n");
  EXPECT_EQ(ask("MULTI"), "+OK\r\n");
  EXPECT_EQ(ask("SET a 1"), "+QUEUED\r\n");
  EXPECT_EQ(ask_beyond_rate("EXEC"),
            "-EXECABORT Transaction discarded because of: rate limit exceeded\r\n");
  EXPECT_EQ(ask("EXEC"), "-ERR EXEC without MULTI\r\n");
  EXPECT_EQ(ask("EXISTS a"), ":0\r\n");
  // The watch has ended with it.
  EXPECT_EQ(ask("SET w 1"), "+OK\r\n");
  EXPECT_EQ(ask("MULTI"), "+OK\r\n");
  EXPECT_EQ(ask("EXEC"), "*0\r\n");
}

TEST_F(RespUsers, begin_nothing_with_a_multi_that_is_beyond_their_rate) {
  EXPECT_EQ(ask_beyond_rate("MULTI"), "-ERR rate limit exceeded\r\n");
  EXPECT_EQ(ask("SET a 1"), "+OK\r\n");
  EXPECT_EQ(ask("EXEC"), "-ERR EXEC without MULTI\r\n");
}

TEST_F(RespUsers, pay_for_what_is_unknown_too) {
  EXPECT_EQ(ask_beyond_rate("NONSENSE"), "-ERR rate limit exceeded\r\n");
}

TEST_F(RespUsers, do_not_pay_again_for_what_was_counted_before) {
  peer_.client().note_paid();
  access_.rates().set_per_second(1);
  EXPECT_EQ(peer_.send("MULTI\r\nPING\r\nEXEC\r\n"),
            "+OK\r\n+QUEUED\r\n-EXECABORT Transaction discarded because of: rate limit "
            "exceeded\r\n");
}

TEST_F(RespUsers, are_nobody_again_after_reset_and_revocation) {
  const std::string secret = create("shop", {"kv:read"});
  create("other", {"kv:read"});
  log_in("shop", secret);
  EXPECT_EQ(ask("RESET"), "+RESET\r\n");
  EXPECT_EQ(ask("GET a"), kNoAuth);
  log_in("shop", secret);
  ASSERT_TRUE(users_->revoke("shop"));
  EXPECT_EQ(ask("GET a"), kNoAuth);
}

TEST_F(RespUsers, who_are_nobody_hear_nothing_more_once_there_is_somebody) {
  RespPeer subscriber(guarded_);
  RespPeer monitor(guarded_);
  RespPeer tracking(guarded_);
  RespPeer asking(guarded_);
  subscriber.say("SUBSCRIBE news");
  monitor.say("MONITOR");
  tracking.say("HELLO 3");
  tracking.say("CLIENT TRACKING ON");
  asking.say("PING");
  for (RespPeer* const peer : {&subscriber, &monitor, &tracking, &asking}) {
    peer->client().users_changed();
    EXPECT_FALSE(peer->is_closed());
  }
  const std::string secret = create("shop", {"kv:read", "pubsub"});
  RespPeer known(guarded_);
  known.say("AUTH shop " + secret);
  known.say("SUBSCRIBE news");
  for (RespPeer* const peer : {&subscriber, &monitor, &tracking, &asking, &known}) {
    peer->client().users_changed();
  }
  EXPECT_TRUE(subscriber.is_closed());
  EXPECT_TRUE(monitor.is_closed());
  EXPECT_TRUE(tracking.is_closed());
  // It may still say who it is.
  EXPECT_FALSE(asking.is_closed());
  EXPECT_FALSE(known.is_closed());
}

TEST_F(RespUsers, are_listed_without_their_secrets) {
  create("shop", {"kv:read:a*", "pubsub"});
  log_in("root", create("root", {"admin"}));
  EXPECT_EQ(ask("ACL USERS"), "*2\r\n$4\r\nroot\r\n$4\r\nshop\r\n");
  EXPECT_THAT(ask("ACL LIST"), HasSubstr("user shop on %R~a\\** &* -@all +@connection"));
  EXPECT_EQ(ask("ACL GETUSER nobody"), "$-1\r\n");
  EXPECT_THAT(ask("ACL GETUSER shop"), HasSubstr("$9\r\npasswords\r\n*0\r\n"));
  EXPECT_THAT(ask("ACL SETUSER x on"), HasSubstr("quartz keys"));
  EXPECT_THAT(ask("ACL DELUSER x"), HasSubstr("quartz keys"));
  EXPECT_EQ(ask("ACL CAT nosuch"), "-ERR Unknown category 'nosuch'\r\n");
  EXPECT_THAT(ask("ACL CAT"), StartsWith("*21\r\n$8\r\nkeyspace\r\n"));
  EXPECT_THAT(ask("ACL CAT transaction"), StartsWith("*6\r\n"));
}

TEST_F(RespUsers, are_held_to_the_rate_also_when_they_connect_again) {
  access_.rates().set_per_second(3);
  EXPECT_EQ(peer_.send("PING\r\nPING\r\nPING\r\nPING\r\n"),
            "+PONG\r\n+PONG\r\n+PONG\r\n-ERR rate limit exceeded\r\n");
  RespPeer again(guarded_);
  EXPECT_EQ(again.say("PING"), "-ERR rate limit exceeded\r\n");
  RespPeer elsewhere(guarded_, "10.0.0.1:1");
  EXPECT_EQ(elsewhere.say("PING"), "+PONG\r\n");
}

}  // namespace
}  // namespace quartz::server
