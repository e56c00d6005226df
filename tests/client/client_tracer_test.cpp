#include "quartz/client/client_tracer.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "client/any_server.hpp"
#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/lease.hpp"

namespace quartz::client {
namespace {

namespace c = quartz::commands;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Lines that any thread adds.
class Lines {
 public:
  void add(std::string line) {
    const MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> all() {
    const MutexLock lock(mutex_);
    return lines_;
  }

 private:
  Mutex mutex_;
  std::vector<std::string> lines_ QUARTZ_GUARDED_BY(mutex_);
};

/// Writes down what it is told: "GET", "attempt", "end", "GET gone" once the span has gone.
class NotedSpan : public ClientSpan {
 public:
  NotedSpan(std::shared_ptr<Lines> lines, std::string name)
      : lines_(std::move(lines)), name_(std::move(name)) {}
  ~NotedSpan() override { lines_->add(name_ + " gone"); }

  std::string_view traceparent() const override { return kParent; }
  void attempt(const OperationAttempt& attempt) override {
    lines_->add(name_ + " to " + std::string(attempt.server_address));
  }
  void end(const OperationEnd& end) override {
    lines_->add(name_ + " " + (end.error_type ? std::string(to_string(*end.error_type)) : "done"));
  }

 private:
  const std::shared_ptr<Lines> lines_;
  const std::string name_;
};

class NotingTracer : public ClientTracer {
 public:
  std::unique_ptr<ClientSpan> begin(const OperationBegin& operation) override {
    if (operation.db_operation_name == "PING") return nullptr;
    std::string name(operation.db_operation_name);
    if (operation.db_operation_batch_size != 0) {
      name += "(" + std::to_string(operation.db_operation_batch_size) + ")";
    }
    return std::make_unique<NotedSpan>(lines, std::move(name));
  }

  const std::shared_ptr<Lines> lines = std::make_shared<Lines>();
};

class TracedClients : public AnyServer {
 protected:
  ClientConfig traced_config() {
    ClientConfig with = config();
    with.tracer = tracer_;
    return with;
  }

  const std::shared_ptr<NotingTracer> tracer_ = std::make_shared<NotingTracer>();
};

TEST_P(TracedClients, tell_of_each_operation_once) {
  Client client{traced_config()};
  ASSERT_TRUE(client.set("k", "v"));
  EXPECT_EQ(client.get("k").value(), "v");
  ASSERT_TRUE(client.exec(Batch().add(c::incr("n")).add(c::get("k"))));
  ASSERT_FALSE(client.incr("k"));
  ASSERT_TRUE(client.command({"PING"}));
  const std::string to = GetParam() == Against::own_process ? "to " : "to 127.0.0.1";
  EXPECT_THAT(tracer_->lines->all(),
              ElementsAre("SET " + to, "SET done", "SET gone", "GET " + to, "GET done", "GET gone",
                          "EXEC(2) " + to, "EXEC(2) done", "EXEC(2) gone", "INCR " + to,
                          "INCR rejected", "INCR gone"));
}

TEST_P(TracedClients, trace_leases_too) {
  Client client{traced_config()};
  Lease lease = client.lease().value();
  ASSERT_TRUE(lease.watch("k"));
  EXPECT_EQ(lease.run(c::get("k")).value(), std::nullopt);
  ASSERT_TRUE(client.set("k", "theirs"));
  EXPECT_FALSE(lease.exec(Batch().add(c::set("k", "mine"))));
  EXPECT_THAT(tracer_->lines->all(), testing::Contains("EXEC(1) aborted"));
  EXPECT_EQ(client.get("k").value(), "theirs");
}

INSTANTIATE_TEST_SUITE_P(Servers, TracedClients,
                         testing::Values(Against::quartz, Against::own_process, Against::redis),
                         name_of);

class TracedServers : public ServedClient {};

TEST_F(TracedServers, name_the_trace_in_their_log) {
  const auto lines = std::make_shared<Lines>();
  ServerConfig served = resp_config();
  served.logger = [lines](LogLevel, std::string_view line) { lines->add(std::string(line)); };
  serve(served);
  ClientConfig config = patient_config(url());
  config.tracer = std::make_shared<NotingTracer>();
  Client client{config};
  ASSERT_TRUE(client.command({"CONFIG", "SET", "slowlog-log-slower-than", "0"}));
  ASSERT_TRUE(client.set("k", "v"));
  ASSERT_TRUE(client.exec(Batch().add(c::incr("n"))));
  const auto all = lines->all();
  for (const std::string_view name : {"set", "incr"}) {
    EXPECT_TRUE(std::ranges::any_of(all, [&](const std::string& line) {
      return line.starts_with("resp: " + std::string(name) + " took ") &&
             line.ends_with("(trace " + std::string(kTrace) + ")");
    })) << name;
  }
}

TEST_F(TracedServers, are_told_nothing_by_clients_without_a_tracer) {
  const auto lines = std::make_shared<Lines>();
  ServerConfig served = resp_config();
  served.logger = [lines](LogLevel, std::string_view line) { lines->add(std::string(line)); };
  serve(served);
  Client client{patient_config(url())};
  ASSERT_TRUE(client.command({"CONFIG", "SET", "slowlog-log-slower-than", "0"}));
  ASSERT_TRUE(client.set("k", "v"));
  EXPECT_THAT(lines->all(), Not(testing::Contains(HasSubstr("took"))));
}

TEST(TracedAttempts, are_each_told_of) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    EXPECT_EQ(connection.read_command(), "COMMAND INFO QUARTZ.TRACE");
    connection.send("*1\r\n_\r\n");
    // A server that does not know QUARTZ.TRACE is sent none.
    EXPECT_EQ(connection.read_command(), "GET k");
    if (connection.number() == 0) return connection.reset();
    connection.send("$1\r\nv\r\n");
    connection.swallow();
  });
  ClientConfig config = patient_config(peer.url());
  const auto tracer = std::make_shared<NotingTracer>();
  config.tracer = tracer;
  Client client{config};
  EXPECT_EQ(client.get("k").value(), "v");
  EXPECT_THAT(tracer->lines->all(),
              ElementsAre("GET to 127.0.0.1", "GET to 127.0.0.1", "GET done", "GET gone"));
}

TEST(TracedAttempts, tell_servers_that_know_it_of_the_trace) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.read_command();
    connection.send("*1\r\n*1\r\n$12\r\nquartz.trace\r\n");
    EXPECT_EQ(connection.read_command(), "QUARTZ.TRACE " + std::string(kParent) + " GET k");
    connection.send("$1\r\nv\r\n");
    EXPECT_EQ(connection.read_command(), "PING");
    connection.send("+PONG\r\n");
    connection.swallow();
  });
  ClientConfig config = patient_config(peer.url());
  config.tracer = std::make_shared<NotingTracer>();
  Client client{config};
  EXPECT_EQ(client.get("k").value(), "v");
  EXPECT_TRUE(client.command({"PING"}));
}

TEST(TracedFailures, are_told_with_their_code) {
  ScriptedPeer peer([](PeerConnection& connection) { connection.swallow(); });
  ClientConfig config = patient_config(peer.url());
  const auto tracer = std::make_shared<NotingTracer>();
  config.tracer = tracer;
  Client client{config};
  RequestOptions brief;
  brief.timeout = std::chrono::milliseconds(10);
  EXPECT_FALSE(client.get("k", brief));
  EXPECT_THAT(tracer->lines->all(), ElementsAre("GET timed_out", "GET gone"));
}

}  // namespace
}  // namespace quartz::client
