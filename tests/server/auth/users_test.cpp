#include "server/auth/users.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/auth/access_control.hpp"
#include "server/auth/grants.hpp"
#include "server/auth/rate_limits.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<Scope> scopes(std::initializer_list<std::string_view> texts) {
  std::vector<Scope> all;
  for (const std::string_view text : texts) all.push_back(parse_scope(text).value());
  return all;
}

TEST(Scopes, are_read_as_they_are_written) {
  for (const std::string_view text :
       {"kv:read", "kv:read:orders/", "kv:write", "kv:write:a:b", "pubsub", "vectors:read",
        "vectors:write", "stats:read", "admin"}) {
    EXPECT_EQ(to_string(parse_scope(text).value()), text);
  }
  for (const std::string_view text : {"", "kv", "kv:fly", "kv:read:", "kv:read:a b",
                                      "kv:read:a\nscope admin", "admin:x", "pubsub:x", "Admin"}) {
    EXPECT_THAT(parse_scope(text), FailsWith(Errc::invalid_argument, HasSubstr("scope"))) << text;
  }
}

TEST(Grants, are_about_the_prefixes_that_they_name) {
  const Grants grants(scopes({"kv:read", "kv:write:orders/"}));
  EXPECT_TRUE(grants.may(Right::kv_read));
  EXPECT_FALSE(grants.may(Right::kv_write));
  EXPECT_TRUE(grants.may(Right::kv_write, "orders/1"));
  EXPECT_FALSE(grants.may(Right::kv_write, "order"));
  EXPECT_TRUE(grants.may_all(Right::kv_write, "orders/2026/"));
  EXPECT_FALSE(grants.may_all(Right::kv_write, ""));
  EXPECT_FALSE(grants.may(Right::admin));
  EXPECT_FALSE(grants.may(Right::pubsub));
}

TEST(Grants, of_administrators_let_them_see_figures_but_no_rows) {
  const Grants grants(scopes({"admin"}));
  EXPECT_TRUE(grants.may(Right::stats_read));
  EXPECT_FALSE(grants.may(Right::kv_read, "k"));
}

class UsersOfADatabase : public testing::Test {
 protected:
  ScratchDirectory scratch_;
  StorageEngine engine_ =
      StorageEngine::open(scratch_ / "data", {.segment_bytes = 1 << 20, .memtable_bytes = 4 << 20})
          .value();
  std::unique_ptr<Users> users_ = Users::open(engine_).value();
  AuthenticationConfig config_;
  std::string lines_;
  ServerLog log_{[this](LogLevel, std::string_view line) { lines_.append(line).append("\n"); }};
  AccessControl access_{*users_, config_, log_};
};

TEST_F(UsersOfADatabase, are_let_in_with_their_secret_alone) {
  EXPECT_FALSE(access_.required());
  const std::string secret = users_->create("shop", scopes({"kv:read"})).value();
  EXPECT_TRUE(access_.required());
  const IdentityRef identity = access_.log_in("shop", secret, "1.2.3.4").value();
  EXPECT_EQ(identity->user, "shop");
  EXPECT_TRUE(identity->grants.may(Right::kv_read));
  EXPECT_THAT(access_.log_in("shop", secret + "x", "1.2.3.4"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(access_.log_in("shop", "", "1.2.3.4"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(access_.log_in("nobody", secret, "1.2.3.4"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(access_.log_in("no/body", secret, "1.2.3.4"), FailsWith(Errc::invalid_argument));
}

TEST_F(UsersOfADatabase, survive_a_restart_without_their_secrets_being_kept) {
  const std::string secret = users_->create("shop", scopes({"kv:read:a", "admin"})).value();
  const auto row = engine_.get(engine_.keyspace("server").value(), "user.shop").value();
  EXPECT_THAT(*row, Not(HasSubstr(secret)));
  const auto again = Users::open(engine_).value();
  EXPECT_TRUE(again->any());
  EXPECT_EQ(again->all().value().front().scopes, scopes({"kv:read:a", "admin"}));
}

TEST_F(UsersOfADatabase, have_two_secrets_while_they_rotate) {
  const std::string first = users_->create("shop", scopes({"kv:read"})).value();
  const IdentityRef early = access_.log_in("shop", first, "h").value();
  const std::string second = users_->rotate("shop").value();
  EXPECT_TRUE(access_.log_in("shop", first, "h"));
  EXPECT_TRUE(access_.log_in("shop", second, "h"));
  EXPECT_NE(access_.renewed(early).value(), nullptr);
  const std::string third = users_->rotate("shop").value();
  EXPECT_FALSE(access_.log_in("shop", first, "h"));
  EXPECT_TRUE(access_.log_in("shop", second, "h"));
  EXPECT_TRUE(access_.log_in("shop", third, "h"));
  EXPECT_EQ(access_.renewed(early).value(), nullptr);
}

TEST_F(UsersOfADatabase, are_out_at_once_when_they_are_revoked) {
  const std::string secret = users_->create("shop", scopes({"kv:read"})).value();
  const IdentityRef identity = access_.log_in("shop", secret, "h").value();
  EXPECT_EQ(access_.renewed(identity).value(), identity);
  ASSERT_TRUE(users_->revoke("shop"));
  EXPECT_EQ(access_.renewed(identity).value(), nullptr);
  EXPECT_FALSE(access_.required());
  EXPECT_THAT(users_->revoke("shop"), FailsWith(Errc::not_found));
  EXPECT_THAT(users_->rotate("shop"), FailsWith(Errc::not_found));
}

TEST(Users, whose_change_could_not_be_synced_are_as_it_says_all_the_same) {
  ScratchDirectory scratch;
  io::FaultyFileSystem faults(io::posix_file_system());
  StorageEngine engine{
      storage::Engine::open(scratch / "data", quartz::small_config(), faults).value()};
  const auto users = Users::open(engine).value();
  const AuthenticationConfig config;
  const ServerLog log({});
  AccessControl access(*users, config, log);
  const std::string secret = users->create("shop", scopes({"kv:read"})).value();
  IdentityRef identity = access.log_in("shop", secret, "h").value();
  faults.fail(io::Operation::sync_data, 1, Errc::io_error, io::FaultLength::for_ever);
  EXPECT_FALSE(users->revoke("shop"));
  EXPECT_GT(faults.faults(), 0u);
  EXPECT_FALSE(users->find("shop").value().has_value());
  EXPECT_FALSE(access.lets_go_on(identity));
  EXPECT_FALSE(access.required());
}

TEST(Users, of_whom_the_first_could_not_be_synced_lock_others_out_all_the_same) {
  ScratchDirectory scratch;
  io::FaultyFileSystem faults(io::posix_file_system());
  StorageEngine engine{
      storage::Engine::open(scratch / "data", quartz::small_config(), faults).value()};
  const auto users = Users::open(engine).value();
  const std::uint64_t before = users->version();
  faults.fail(io::Operation::sync_data, 1, Errc::io_error, io::FaultLength::for_ever);
  EXPECT_FALSE(users->create("shop", scopes({"kv:read"})));
  EXPECT_GT(faults.faults(), 0u);
  EXPECT_EQ(users->any(), users->find("shop").value().has_value());
  EXPECT_NE(users->version(), before);
}

TEST_F(UsersOfADatabase, are_refused_with_bad_names_and_without_scopes) {
  EXPECT_THAT(users_->create("", scopes({"admin"})), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(users_->create("a/b", scopes({"admin"})), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(users_->create(std::string(65, 'a'), scopes({"admin"})),
              FailsWith(Errc::invalid_argument));
  EXPECT_THAT(users_->create("a", {}), FailsWith(Errc::invalid_argument));
  ASSERT_TRUE(users_->create("a", scopes({"admin"})));
  EXPECT_THAT(users_->create("a", scopes({"admin"})), FailsWith(Errc::already_exists));
}

TEST_F(UsersOfADatabase, whose_row_is_damaged_are_not_let_in) {
  const std::string secret = users_->create("shop", scopes({"kv:read"})).value();
  const Keyspace keyspace = engine_.keyspace("server").value();
  ASSERT_TRUE(engine_.put(keyspace, "user.shop", "quartz-user 1\nsalt 00\n"));
  EXPECT_THAT(access_.log_in("shop", secret, "h"), FailsWith(Errc::corruption, HasSubstr("shop")));
  ASSERT_TRUE(engine_.put(keyspace, "user.shop", "quartz-user 2\n"));
  EXPECT_THAT(access_.log_in("shop", secret, "h"), FailsWith(Errc::unsupported));
}

TEST_F(UsersOfADatabase, cannot_be_guessed_quickly_nor_are_their_secrets_logged) {
  const std::string secret = users_->create("shop", scopes({"kv:read"})).value();
  Result<IdentityRef> last = access_.log_in("shop", "wrong-word", "bad");
  for (int i = 0; i < 50 && last.error().code() != Errc::busy; ++i) {
    last = access_.log_in("misplaced-secret", "wrong-word", "bad");
  }
  EXPECT_THAT(last, FailsWith(Errc::busy));
  EXPECT_TRUE(access_.log_in("shop", secret, "good"));
  EXPECT_THAT(lines_, HasSubstr("failed log-in as shop from bad"));
  EXPECT_THAT(lines_, HasSubstr("failed log-in as an unknown user from bad"));
  EXPECT_THAT(lines_, Not(HasSubstr("misplaced-secret")));
  EXPECT_THAT(lines_, Not(HasSubstr("wrong-word")));
}

TEST(TokenBuckets, give_a_second_s_worth_at_once_and_then_the_rate) {
  using std::chrono::milliseconds;
  TokenBucket bucket;
  const auto start = TokenBucket::Clock::time_point(std::chrono::hours(1));
  EXPECT_EQ(bucket.left(10, start), 10u);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.try_take(10, start));
  EXPECT_FALSE(bucket.try_take(10, start));
  EXPECT_FALSE(bucket.try_take(10, start + milliseconds(99)));
  EXPECT_TRUE(bucket.try_take(10, start + milliseconds(100)));
  EXPECT_FALSE(bucket.try_take(10, start + milliseconds(100)));
  EXPECT_FALSE(bucket.is_full(start + milliseconds(1000)));
  EXPECT_TRUE(bucket.is_full(start + milliseconds(1100)));
}

TEST(RateLimits, keep_a_bucket_that_is_not_full_and_forget_the_others) {
  RateLimits limits;
  ASSERT_TRUE(limits.bucket("busy")->try_take(1, RateLimits::Clock::now() + std::chrono::hours(1)));
  for (int i = 0; i < 5000; ++i) limits.bucket(std::to_string(i));
  EXPECT_LT(limits.size(), 2500u);
  EXPECT_EQ(limits.bucket("busy")->left(1, RateLimits::Clock::now()), 0u);
}

TEST(Hosts, are_addresses_without_their_ports) {
  EXPECT_EQ(host_of("127.0.0.1:4711"), "127.0.0.1");
  EXPECT_EQ(host_of("[::1]:4711"), "::1");
}

}  // namespace
}  // namespace quartz::server
