#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "server/resp/resp_conversation.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A client of a server that has threads for what takes long; it waits for them where a session
/// would go on with others.
class PatientPeer {
 public:
  explicit PatientPeer(RespServer& server)
      : client_(std::make_shared<RespClient>(
            server, ClientDescription(),
            ClientWire{
                .push = [](const std::string&) {}, .close = [] {}, .wake = [this] { wake(); }})) {
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
      {
        MutexLock lock(mutex_);
        while (wakes_ == 0) woken_.wait(mutex_);
        --wakes_;
      }
      client_->resume(std::chrono::steady_clock::now(), output);
      if (!client_->waiting()) output += begin({});
    }
    return output;
  }
  std::string say(std::string_view line) {
    std::string output = begin(std::string(line) + "\r\n");
    return output + finish();
  }
  RespClient& client() { return *client_; }

 private:
  void wake() {
    MutexLock lock(mutex_);
    ++wakes_;
    woken_.notify_all();
  }

  Mutex mutex_;
  CondVar woken_;
  int wakes_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::string input_;
  std::shared_ptr<RespClient> client_;
};

class LengthyCommands : public RespConversation {
 protected:
  ~LengthyCommands() override { workers_.stop(); }

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
  {
    PatientPeer leaving(with_workers_);
    EXPECT_EQ(leaving.begin("VADD v VALUES 2 1 0 a\r\n"), "");
    EXPECT_EQ(leaving.finish(), ":1\r\n");
    leaving.client().give_up();
  }
  EXPECT_EQ(peer_.say("VCARD v"), ":1\r\n");
}

TEST_F(LengthyCommands, an_index_that_is_not_loaded_is_loaded_on_another_thread) {
  peer_.say("VADD v VALUES 2 1 0 a");
  service().collections().forget(service().collections().names().front());
  EXPECT_EQ(peer_.begin("VCARD v\r\n"), "");
  EXPECT_EQ(peer_.finish(), ":1\r\n");
  EXPECT_EQ(peer_.begin("VCARD v\r\n"), ":1\r\n");
}

TEST_F(LengthyCommands, a_transaction_does_not_wait_for_an_index) {
  peer_.say("VADD v VALUES 2 1 0 a");
  service().collections().forget(service().collections().names().front());
  peer_.say("MULTI");
  peer_.say("VCARD v");
  peer_.say("SET s 1");
  EXPECT_THAT(peer_.say("EXEC"), StartsWith("*2\r\n-LOADING the index"));
  // It is being loaded: this waits behind that.
  EXPECT_EQ(peer_.say("VCARD v"), ":1\r\n");
  peer_.say("MULTI");
  peer_.say("VCARD v");
  EXPECT_EQ(peer_.say("EXEC"), "*1\r\n:1\r\n");
}

}  // namespace
}  // namespace quartz::server
