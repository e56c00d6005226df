#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/server/server.hpp"
#include "server/raw_client.hpp"
#include "server/resp/resp_conversation.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/held_syncs.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::server {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kSetCommand = "SET key value\r\n";
constexpr std::string_view kOk = "+OK\r\n";

/// One io thread, so that whoever blocks it blocks everybody. The engine itself promises less.
class DiskDurableServer : public testing::Test {
 protected:
  DiskDurableServer() {
    ServerConfig config;
    config.http.port = 0;
    config.resp.port = 0;
    config.io_threads = 1;
    config.durability = Durability::disk;
    config.logger = [](LogLevel, std::string_view) {};
    server_.emplace(Server::start(engine_, std::move(config)).value());
  }
  ~DiskDurableServer() override { syncs_.release(); }

  RawClient connect() { return RawClient(server_->resp_port().value()); }

  static bool has_bytes(const RawClient& client) {
    char byte = 0;
    return ::recv(client.descriptor(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 1;
  }
  /// Whether somebody listens to the channel "news".
  static bool has_listener(RawClient& client) {
    EXPECT_TRUE(client.send("PUBSUB NUMSUB news\r\n"));
    return client.receive_bytes(18).ends_with(":1\r\n");
  }
  static void converse(RawClient& client, std::string_view line, std::string_view reply) {
    ASSERT_TRUE(client.send(line));
    ASSERT_EQ(client.receive_bytes(reply.size()), reply);
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem faults_{io::posix_file_system()};
  io::HeldSyncs syncs_{faults_};
  StorageEngine engine_{storage::Engine::open(scratch_ / "db", small_config(), syncs_).value()};
  std::optional<Server> server_;
};

TEST_F(DiskDurableServer, replies_to_a_write_only_when_it_was_synced) {
  RawClient writer = connect();
  RawClient reader = connect();
  converse(writer, "PING\r\n", "+PONG\r\n");
  syncs_.hold("/log/");
  ASSERT_TRUE(writer.send(kSetCommand));
  syncs_.wait_until_held();
  converse(reader, "GET key\r\n", "$5\r\nvalue\r\n");
  EXPECT_FALSE(has_bytes(writer));
  syncs_.release();
  EXPECT_EQ(writer.receive_bytes(kOk.size()), kOk);
}

TEST_F(DiskDurableServer, sends_no_message_before_the_reply_that_lies_in_front_of_it) {
  RawClient writer = connect();
  RawClient other = connect();
  // In RESP3 a client that listens may still write.
  ASSERT_TRUE(writer.send("HELLO 3\r\nSUBSCRIBE news\r\n"));
  while (!has_listener(other)) {
  }
  converse(other, "PUBLISH news early\r\n", ":1\r\n");
  syncs_.hold("/log/");
  ASSERT_TRUE(writer.send(kSetCommand));
  syncs_.wait_until_held();
  converse(other, "PUBLISH news late\r\n", ":1\r\n");
  converse(other, "PING\r\n", "+PONG\r\n");
  syncs_.release();
  writer.finish_sending();
  const std::string all = writer.receive_rest();
  EXPECT_LT(all.find("early"), all.find(kOk));
  EXPECT_LT(all.find(kOk), all.find("late"));
  EXPECT_NE(all.find("late"), std::string::npos);
}

TEST_F(DiskDurableServer, keeps_a_reply_back_that_is_behind_a_message_still_being_sent) {
  RawClient writer = connect();
  RawClient other = connect();
  ASSERT_TRUE(writer.send("HELLO 3\r\nSUBSCRIBE news\r\n"));
  while (!has_listener(other)) {
  }
  const std::string greeting = writer.receive_bytes(1);
  // More than fits between the two, so that the server waits for the client to read.
  constexpr std::size_t kMessageBytes = std::size_t{16} << 20;
  converse(other, request_of({"PUBLISH", "news", std::string(kMessageBytes, 'm')}), ":1\r\n");
  syncs_.hold("/log/");
  ASSERT_TRUE(writer.send(kSetCommand));
  syncs_.wait_until_held();
  // Never more than there must be.
  std::string all;
  for (std::size_t missing = kMessageBytes; missing > 0;) {
    const std::string more = writer.receive_bytes(std::min(missing, std::size_t{64} << 10));
    ASSERT_FALSE(more.empty());
    missing -= std::min(missing, static_cast<std::size_t>(std::ranges::count(more, 'm')));
    all += more;
  }
  while (!all.ends_with("\r\n")) all += writer.receive_bytes(1);
  // By then what would be sent behind the message has been sent, too.
  for (int i = 0; i < 100; ++i) converse(other, "PING\r\n", "+PONG\r\n");
  EXPECT_EQ(writer.buffered(), "");
  EXPECT_FALSE(has_bytes(writer));
  syncs_.release();
  writer.finish_sending();
  EXPECT_THAT(writer.receive_rest(), EndsWith(kOk));
}

TEST_F(DiskDurableServer, shares_one_sync_among_the_commands_of_a_pipeline) {
  RawClient writer = connect();
  converse(writer, kSetCommand, kOk);
  const std::uint64_t before = syncs_.syncs();
  std::string pipeline;
  std::string replies;
  for (int i = 0; i < 100; ++i) {
    pipeline += kSetCommand;
    replies += kOk;
  }
  converse(writer, pipeline, replies);
  // Bytes may arrive in pieces, each of which is answered for itself.
  EXPECT_LT(syncs_.syncs() - before, 100u);
}

TEST_F(DiskDurableServer, does_not_sync_for_what_only_reads) {
  RawClient client = connect();
  converse(client, kSetCommand, kOk);
  const std::uint64_t before = syncs_.syncs();
  converse(client, "GET key\r\n", "$5\r\nvalue\r\n");
  converse(client, "DEL nothing\r\n", ":0\r\n");
  EXPECT_EQ(syncs_.syncs(), before);
}

TEST_F(DiskDurableServer, syncs_transactions_and_what_waiting_commands_take) {
  RawClient client = connect();
  RawClient waiting = connect();
  std::uint64_t before = syncs_.syncs();
  converse(client, "MULTI\r\nSET a 1\r\nEXEC\r\n", "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");
  EXPECT_GT(syncs_.syncs(), before);
  converse(client, "RPUSH list a\r\n", ":1\r\n");
  before = syncs_.syncs();
  converse(waiting, "BLPOP list 0\r\n", "*2\r\n$4\r\nlist\r\n$1\r\na\r\n");
  EXPECT_GT(syncs_.syncs(), before);
}

TEST_F(DiskDurableServer, ends_the_connection_without_a_reply_if_the_sync_fails) {
  RawClient writer = connect();
  faults_.fail(io::Operation::sync_data, 1, Errc::io_error, io::FaultLength::for_ever, "/log/");
  ASSERT_TRUE(writer.send(kSetCommand));
  EXPECT_EQ(writer.receive_rest(), "");
  EXPECT_GE(faults_.faults(), 1u);
  RawClient next = connect();
  ASSERT_TRUE(next.send(kSetCommand));
  EXPECT_THAT(next.receive_bytes(4), StartsWith("-ERR"));
}

TEST_F(DiskDurableServer, answers_commands_over_http_when_they_were_synced) {
  const auto set = [&] {
    return fetch(server_->http_port().value(), "POST", "/command",
                 "Content-Type: application/json\r\n", R"(["SET","key","value"])");
  };
  const std::uint64_t before = syncs_.syncs();
  EXPECT_EQ(set().body, R"({"result":"OK"})");
  EXPECT_GT(syncs_.syncs(), before);
  faults_.fail(io::Operation::sync_data, 1, Errc::io_error, io::FaultLength::for_ever, "/log/");
  const RawResponse failed = set();
  EXPECT_EQ(failed.status, 500);
  EXPECT_THAT(failed.body, HasSubstr("error"));
}

}  // namespace
}  // namespace quartz::server
