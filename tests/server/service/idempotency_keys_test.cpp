#include "server/service/idempotency_keys.hpp"

#include <chrono>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/service/open_keyspace.hpp"
#include "server/service/service_fixture.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using namespace std::chrono_literals;
using Use = IdempotencyKeys::Use;

class IdempotencyKeysOfAService : public ServiceFixture {
 protected:
  void open_keys(const IdempotencyConfig& config = {}) {
    keys_ = IdempotencyKeys::open(engine(), config).value();
  }
  /// What a request with that key is told in a transaction of its own, in which it is carried out
  /// if it is the first.
  IdempotencyKeys::Begun request(const KeyedRequest& request, std::string_view reply = "reply") {
    if (keys_ == nullptr) open_keys();
    Transaction transaction(engine());
    const auto begun = keys_->begin(transaction, request).value();
    if (begun.use == Use::first) keys_->remember(transaction, request, ReplyForm::resp2, reply);
    EXPECT_THAT(transaction.commit(), Succeeds());
    return begun;
  }

  std::unique_ptr<IdempotencyKeys> keys_;
  const KeyedRequest a_{.user = "u", .id = "c", .sequence = 1, .content = "SET a"};
};

TEST_F(IdempotencyKeysOfAService, give_a_repeated_request_the_reply_of_the_first) {
  EXPECT_EQ(request(a_, "done").use, Use::first);
  const auto again = request(a_);
  EXPECT_EQ(again.use, Use::repeated);
  EXPECT_EQ(again.form, ReplyForm::resp2);
  EXPECT_EQ(again.reply, "done");
}

TEST_F(IdempotencyKeysOfAService, tell_keys_apart_by_everything_that_makes_them) {
  KeyedRequest other_user = a_;
  other_user.user = "v";
  KeyedRequest other_protocol = a_;
  other_protocol.http = true;
  KeyedRequest other_id = a_;
  other_id.id = "d";
  KeyedRequest other_sequence = a_;
  other_sequence.sequence = 2;
  // The same bytes behind each other.
  KeyedRequest cut_elsewhere = a_;
  cut_elsewhere.user = "uc";
  cut_elsewhere.id = "";
  EXPECT_EQ(request(a_).use, Use::first);
  for (const KeyedRequest& other :
       {other_user, other_protocol, other_id, other_sequence, cut_elsewhere}) {
    EXPECT_EQ(request(other).use, Use::first);
  }
}

TEST_F(IdempotencyKeysOfAService, refuse_another_request_with_the_same_key) {
  EXPECT_EQ(request(a_, "done").use, Use::first);
  KeyedRequest other = a_;
  other.content = "SET b";
  EXPECT_EQ(request(other).use, Use::other);
  EXPECT_EQ(request(a_).reply, "done");
}

TEST_F(IdempotencyKeysOfAService, remember_nothing_that_was_not_committed) {
  open_keys();
  Transaction transaction(engine());
  EXPECT_EQ(keys_->begin(transaction, a_).value().use, Use::first);
  keys_->remember(transaction, a_, ReplyForm::resp2, "lost");
  transaction.restart();
  EXPECT_EQ(request(a_).use, Use::first);
}

TEST_F(IdempotencyKeysOfAService, let_one_of_two_at_the_same_time_be_committed) {
  open_keys();
  Transaction first(engine());
  Transaction second(engine());
  EXPECT_EQ(keys_->begin(first, a_).value().use, Use::first);
  EXPECT_EQ(keys_->begin(second, a_).value().use, Use::first);
  keys_->remember(first, a_, ReplyForm::resp2, "first");
  keys_->remember(second, a_, ReplyForm::resp2, "second");
  EXPECT_THAT(first.commit(), Succeeds());
  EXPECT_THAT(second.commit(), FailsWith(Errc::conflict));
  second.restart();
  const auto begun = keys_->begin(second, a_).value();
  EXPECT_EQ(begun.use, Use::repeated);
  EXPECT_EQ(begun.reply, "first");
  // The reply is a promise, so it is written as durably as the first time.
  EXPECT_FALSE(second.writes().empty());
}

TEST_F(IdempotencyKeysOfAService, see_the_same_key_earlier_in_one_transaction) {
  open_keys();
  Transaction transaction(engine());
  keys_->remember(transaction, a_, ReplyForm::resp2, "first");
  EXPECT_EQ(keys_->begin(transaction, a_).value().reply, "first");
}

TEST_F(IdempotencyKeysOfAService, forget_when_the_window_is_over) {
  open_keys({.window = 10s});
  EXPECT_EQ(request(a_).use, Use::first);
  time_.pass(9s);
  EXPECT_EQ(request(a_).use, Use::repeated);
  // Repeating does not lengthen it.
  time_.pass(1s);
  EXPECT_EQ(request(a_).use, Use::first);
}

TEST_F(IdempotencyKeysOfAService, know_only_that_there_was_a_reply_if_it_was_large) {
  open_keys({.reply_bytes_max = 4});
  EXPECT_EQ(request(a_, "12345").use, Use::first);
  const auto again = request(a_);
  EXPECT_EQ(again.use, Use::repeated);
  EXPECT_EQ(again.form, ReplyForm::left_out);
  EXPECT_EQ(again.reply, "");
}

TEST_F(IdempotencyKeysOfAService, refuse_new_keys_at_a_bound_and_forget_none) {
  open_keys({.window = 10s, .keys_max = 2});
  KeyedRequest request_of = a_;
  for (std::uint64_t sequence = 0; sequence < 2; ++sequence) {
    request_of.sequence = sequence;
    EXPECT_EQ(request(request_of).use, Use::first);
  }
  EXPECT_EQ(keys_->count(), 2u);
  request_of.sequence = 2;
  EXPECT_EQ(request(request_of).use, Use::refused);
  request_of.sequence = 1;
  EXPECT_EQ(request(request_of).use, Use::repeated);
  time_.pass(12s);
  EXPECT_EQ(keys_->count(), 0u);
  EXPECT_EQ(keys_->bytes(), 0u);
  request_of.sequence = 2;
  EXPECT_EQ(request(request_of).use, Use::first);
}

TEST_F(IdempotencyKeysOfAService, count_what_is_under_way_and_no_longer_what_was_not_committed) {
  open_keys({.keys_max = 2});
  KeyedRequest b = a_;
  b.sequence = 2;
  {
    Transaction first(engine());
    Transaction second(engine());
    for (Transaction* const transaction : {&first, &second}) {
      EXPECT_EQ(keys_->begin(*transaction, a_).value().use, Use::first);
      keys_->remember(*transaction, a_, ReplyForm::resp2, "done");
    }
    EXPECT_EQ(keys_->count(), 2u);
    EXPECT_EQ(request(b).use, Use::refused);
    EXPECT_THAT(first.commit(), Succeeds());
    EXPECT_THAT(second.commit(), FailsWith(Errc::conflict));
    // Without waiting for the end of the transaction, which may be that of a connection.
    EXPECT_EQ(keys_->count(), 1u);
    second.restart();
    keys_->remember(second, b, ReplyForm::resp2, "lost");
    second.forget_writes();
    EXPECT_EQ(keys_->count(), 1u);
    keys_->remember(second, b, ReplyForm::resp2, "lost");
    second.restart();
    EXPECT_EQ(keys_->count(), 1u);
    keys_->remember(second, b, ReplyForm::resp2, "lost");
    EXPECT_EQ(keys_->count(), 2u);
  }
  EXPECT_EQ(keys_->count(), 1u);
  EXPECT_EQ(request(b).use, Use::first);
  EXPECT_EQ(keys_->count(), 2u);
  const std::uint64_t bytes = keys_->bytes();
  EXPECT_EQ(request(b).use, Use::repeated);
  EXPECT_EQ(keys_->count(), 2u);
  EXPECT_EQ(keys_->bytes(), bytes);
}

TEST_F(IdempotencyKeysOfAService, do_not_take_from_others_what_expired_before_it_was_given_up) {
  open_keys({.window = 10s});
  {
    Transaction transaction(engine());
    keys_->remember(transaction, a_, ReplyForm::resp2, "lost");
    time_.pass(12s);
    EXPECT_EQ(keys_->count(), 0u);
  }
  EXPECT_EQ(keys_->count(), 0u);
  EXPECT_EQ(keys_->bytes(), 0u);
}

TEST_F(IdempotencyKeysOfAService, bound_bytes_too) {
  open_keys({.bytes_max = 1000});
  EXPECT_EQ(request(a_, std::string(1000, 'x')).use, Use::first);
  EXPECT_GT(keys_->bytes(), 1000u);
  KeyedRequest other = a_;
  other.sequence = 2;
  EXPECT_EQ(request(other).use, Use::refused);
}

TEST_F(IdempotencyKeysOfAService, allow_none_if_told_so) {
  open_keys({.keys_max = 0});
  EXPECT_EQ(request(a_).use, Use::refused);
}

TEST_F(IdempotencyKeysOfAService, count_after_a_restart_what_is_still_remembered) {
  open_keys();
  KeyedRequest other = a_;
  other.sequence = 2;
  request(a_, "done");
  request(other);
  const std::uint64_t bytes = keys_->bytes();
  keys_.reset();
  reopen();
  open_keys();
  EXPECT_EQ(keys_->count(), 2u);
  EXPECT_EQ(keys_->bytes(), bytes);
  EXPECT_EQ(request(a_).reply, "done");
}

TEST_F(IdempotencyKeysOfAService, report_a_damaged_row) {
  open_keys();
  request(a_);
  const Keyspace rows = engine().keyspace("idempotency").value();
  Cursor cursor = engine().cursor({.keyspace = &rows});
  cursor.seek_to_first();
  ASSERT_TRUE(cursor.valid());
  ASSERT_THAT(engine().put(rows, cursor.key(), "short"), Succeeds());
  Transaction transaction(engine());
  EXPECT_THAT(keys_->begin(transaction, a_), FailsWith(Errc::corruption));
}

}  // namespace
}  // namespace quartz::server
