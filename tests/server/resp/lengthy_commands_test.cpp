#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "server/auth/access_control.hpp"
#include "server/resp/resp_conversation.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// How often a client was woken. It may outlive who waits for it.
class Wakes {
 public:
  void add() {
    MutexLock lock(mutex_);
    ++count_;
    added_.notify_all();
  }
  void take_one() {
    MutexLock lock(mutex_);
    while (count_ == 0) added_.wait(mutex_);
    --count_;
  }

 private:
  Mutex mutex_;
  CondVar added_;
  int count_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

/// A client of a server that has threads for what takes long; it waits for them where a session
/// would go on with others.
class PatientPeer {
 public:
  explicit PatientPeer(RespServer& server)
      : client_(
            std::make_shared<RespClient>(server, ClientDescription(),
                                         ClientWire{.push = [](const std::string&) {},
                                                    .close = [] {},
                                                    .wake = [wakes = wakes_] { wakes->add(); }})) {
    server.add(client_);
  }

  /// What the client answers at once.
  std::string begin(std::string_view lines) {
    input_ += lines;
    std::string output;
    input_.erase(0, client_->receive(input_, output));
    return output;
  }
  /// What it answers until it does not wait any more.
  std::string finish() {
    std::string output;
    while (client_->waiting()) {
      wakes_->take_one();
      client_->resume(std::chrono::steady_clock::now(), output);
      if (!client_->waiting()) output += begin({});
    }
    return output;
  }
  std::string say(std::string_view line) {
    std::string output = begin(std::string(line) + "\r\n");
    return output + finish();
  }
  /// As a session does when its connection ends.
  void leave() {
    client_->give_up();
    client_->unsubscribe_all();
    client_.reset();
  }
  RespClient& client() { return *client_; }

 private:
  std::shared_ptr<Wakes> wakes_ = std::make_shared<Wakes>();
  std::string input_;
  std::shared_ptr<RespClient> client_;
};

class LengthyCommands : public RespConversation {
 protected:
  ~LengthyCommands() override { workers_.stop(); }

  /// Lets the only worker wait until the promise is kept.
  std::promise<void> hold_worker() {
    std::promise<void> go_on;
    workers_.post([wait = go_on.get_future().share()] { wait.wait(); });
    return go_on;
  }
  /// Returns when the only worker has done all that was asked before.
  void wait_for_worker() {
    std::promise<void> done;
    workers_.post([&] { done.set_value(); });
    done.get_future().wait();
  }
  void forget_index() { service().collections().forget(service().collections().names().front()); }

  WorkerThreads workers_{1};
  RespServer with_workers_{service(), {.workers = &workers_}};
  PatientPeer peer_{with_workers_};
};

TEST_F(LengthyCommands, what_makes_a_collection_is_done_on_another_thread) {
  EXPECT_EQ(peer_.begin("PING\r\nVADD v VALUES 2 1 0 a\r\nPING\r\n"), "+PONG\r\n");
  EXPECT_TRUE(peer_.client().runs_elsewhere());
  EXPECT_EQ(peer_.finish(), ":1\r\n+PONG\r\n");
  EXPECT_FALSE(peer_.client().waiting());
}

TEST_F(LengthyCommands, what_is_short_stays_on_its_thread) {
  peer_.say("VADD v VALUES 2 1 0 a");
  EXPECT_EQ(peer_.begin("VADD v VALUES 2 0 1 b\r\nVCARD v\r\nVSIM v ELE b COUNT 1\r\n"),
            ":1\r\n:2\r\n*1\r\n$1\r\nb\r\n");
  EXPECT_EQ(peer_.begin("VSIM v ELE b COUNT 1 TRUTH\r\n"), "");
  EXPECT_EQ(peer_.finish(), "*1\r\n$1\r\nb\r\n");
}

TEST_F(LengthyCommands, errors_on_another_thread_are_answers_too) {
  EXPECT_THAT(peer_.say("VADD v VALUES 2 0 0 a"), StartsWith("-ERR"));
  EXPECT_EQ(peer_.say("EXISTS v"), ":0\r\n");
  EXPECT_EQ(with_workers_.statistics().error_count(), 1U);
}

TEST_F(LengthyCommands, replies_that_nobody_wants_are_left_out) {
  EXPECT_EQ(peer_.say("CLIENT REPLY OFF"), "");
  EXPECT_EQ(peer_.say("VADD v VALUES 2 1 0 a"), "");
  EXPECT_EQ(peer_.say("CLIENT REPLY ON"), "+OK\r\n");
  EXPECT_EQ(peer_.say("VCARD v"), ":1\r\n");
}

TEST_F(LengthyCommands, a_client_that_leaves_does_not_undo_what_it_asked_for) {
  PatientPeer leaving(with_workers_);
  std::promise<void> go_on = hold_worker();
  EXPECT_EQ(leaving.begin("VADD v VALUES 2 1 0 a\r\n"), "");
  leaving.leave();
  EXPECT_EQ(peer_.begin("EXISTS v\r\n"), ":0\r\n");
  go_on.set_value();
  wait_for_worker();
  EXPECT_EQ(peer_.begin("VCARD v\r\n"), ":1\r\n");
}

TEST_F(LengthyCommands, an_index_that_is_not_loaded_is_loaded_on_another_thread) {
  peer_.say("VADD v VALUES 2 1 0 a");
  forget_index();
  EXPECT_EQ(peer_.begin("VCARD v\r\n"), "");
  EXPECT_EQ(peer_.finish(), ":1\r\n");
  EXPECT_EQ(peer_.begin("VCARD v\r\n"), ":1\r\n");
}

TEST_F(LengthyCommands, a_transaction_waits_for_an_index_on_another_thread) {
  peer_.say("VADD v VALUES 2 1 0 a");
  forget_index();
  peer_.begin("MULTI\r\nVCARD v\r\nSET s 1\r\n");
  EXPECT_EQ(peer_.begin("EXEC\r\nGET s\r\n"), "");
  EXPECT_TRUE(peer_.client().runs_elsewhere());
  EXPECT_EQ(peer_.finish(), "*2\r\n:1\r\n+OK\r\n$1\r\n1\r\n");
  peer_.begin("MULTI\r\nVCARD v\r\n");
  EXPECT_EQ(peer_.begin("EXEC\r\n"), "*1\r\n:1\r\n");
}

TEST_F(LengthyCommands, a_transaction_makes_a_collection_on_another_thread) {
  peer_.begin("WATCH w\r\nMULTI\r\nVADD v VALUES 2 1 0 a\r\nVCARD v\r\n");
  std::promise<void> go_on = hold_worker();
  EXPECT_EQ(peer_.begin("EXEC\r\n"), "");
  go_on.set_value();
  EXPECT_EQ(peer_.finish(), "*2\r\n:1\r\n:1\r\n");
  EXPECT_EQ(peer_.say("EXEC"), "-ERR EXEC without MULTI\r\n");
}

TEST_F(LengthyCommands, a_watched_key_that_changes_meanwhile_ends_a_transaction) {
  peer_.begin("WATCH w\r\nMULTI\r\nVADD v VALUES 2 1 0 a\r\n");
  std::promise<void> go_on = hold_worker();
  EXPECT_EQ(peer_.begin("EXEC\r\n"), "");
  say("SET w 1");
  go_on.set_value();
  EXPECT_EQ(peer_.finish(), "*-1\r\n");
  EXPECT_EQ(peer_.say("EXISTS v"), ":0\r\n");
}

TEST_F(LengthyCommands, what_a_transaction_changes_beside_keys_is_changed_once) {
  EXPECT_EQ(peer_.begin("MULTI\r\nCLIENT SETNAME n\r\nSELECT 1\r\nVADD v VALUES 2 1 0 a\r\n"
                        "SUBSCRIBE c\r\n"),
            "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n");
  std::promise<void> go_on = hold_worker();
  EXPECT_EQ(peer_.begin("EXEC\r\n"), "");
  EXPECT_EQ(peer_.client().description().name, "");
  go_on.set_value();
  EXPECT_EQ(peer_.finish(), "*4\r\n+OK\r\n+OK\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
  EXPECT_EQ(peer_.client().description().name, "n");
  EXPECT_EQ(peer_.client().database().number, 1U);
  peer_.leave();
}

TEST_F(LengthyCommands, a_client_that_has_left_listens_to_nothing_afterwards) {
  PatientPeer leaving(with_workers_);
  leaving.begin("MULTI\r\nVADD v VALUES 2 1 0 a\r\nSUBSCRIBE c\r\n");
  std::promise<void> go_on = hold_worker();
  EXPECT_EQ(leaving.begin("EXEC\r\n"), "");
  leaving.leave();
  go_on.set_value();
  wait_for_worker();
  EXPECT_EQ(peer_.say("VCARD v"), ":1\r\n");
  EXPECT_EQ(peer_.say("PUBLISH c x"), ":0\r\n");
}

TEST_F(LengthyCommands, who_listens_behind_one_is_let_go_if_there_are_users_by_then) {
  const std::unique_ptr<Users> users = Users::open(engine()).value();
  const AuthenticationConfig config;
  const ServerLog log([](LogLevel, std::string_view) {});
  AccessControl access(*users, config, log);
  RespServer guarded(service(), {.access = &access, .workers = &workers_});
  PatientPeer listener(guarded);
  listener.begin("MULTI\r\nVADD v VALUES 2 1 0 a\r\nSUBSCRIBE c\r\n");
  std::promise<void> go_on = hold_worker();
  EXPECT_EQ(listener.begin("EXEC\r\n"), "");
  const std::vector<Scope> scopes{parse_scope("kv:read").value()};
  ASSERT_TRUE(users->create("shop", scopes));
  listener.client().users_changed();
  go_on.set_value();
  EXPECT_THAT(listener.finish(), HasSubstr("subscribe"));
  EXPECT_TRUE(listener.client().closing());
  listener.leave();
  wait_for_worker();  // It lets go of the client, and the client of its server.
}

TEST_F(LengthyCommands, the_reply_to_a_transaction_is_left_out_where_nobody_wants_it) {
  EXPECT_EQ(peer_.begin("MULTI\r\nVADD v VALUES 2 1 0 a\r\n"), "+OK\r\n+QUEUED\r\n");
  EXPECT_EQ(peer_.begin("CLIENT REPLY SKIP\r\n"), "+QUEUED\r\n");
  EXPECT_THAT(peer_.say("EXEC"), StartsWith("*2\r\n:1\r\n"));
  EXPECT_EQ(peer_.say("PING"), "");
  EXPECT_EQ(peer_.say("PING"), "+PONG\r\n");
}

TEST_F(LengthyCommands, what_a_transaction_has_written_elsewhere_is_synced_before_its_reply) {
  RespServer durable(service(), {.workers = &workers_, .durability = Durability::disk});
  PatientPeer peer(durable);
  peer.begin("MULTI\r\nVADD v VALUES 2 1 0 a\r\n");
  EXPECT_EQ(peer.begin("EXEC\r\n"), "");
  EXPECT_FALSE(peer.client().unsynced());
  EXPECT_EQ(peer.finish(), "*1\r\n:1\r\n");
  EXPECT_TRUE(peer.client().unsynced());
  workers_.stop();
}

}  // namespace
}  // namespace quartz::server
