#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <functional>
#include <future>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/blocking.hpp"
#include "support/sanitizers.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
namespace c = quartz::commands;

/// A process that was forked from this one and carries out a function, which returns what is wrong.
class Fork {
 public:
  explicit Fork(const std::function<std::string()>& run) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    child_ = ::fork();
    if (child_ == 0) {
      const std::string wrong = run();
      static_cast<void>(::write(ends[1], wrong.data(), wrong.size()) < 0);
      ::_exit(0);
    }
    ::close(ends[1]);
    said_ = ends[0];
  }
  Fork(const Fork&) = delete;
  Fork& operator=(const Fork&) = delete;
  ~Fork() {
    if (child_ > 0) static_cast<void>(outcome());
  }

  /// What was wrong, once it has ended; also if it does not.
  std::string outcome() {
    std::string wrong;
    char part[256];
    while (true) {
      pollfd readable = {.fd = said_, .events = POLLIN, .revents = 0};
      if (::poll(&readable, 1, std::chrono::milliseconds(kPatience).count()) == 0) {
        wrong += "it does not end";
        ::kill(child_, SIGKILL);
        break;
      }
      const ssize_t got = ::read(said_, part, sizeof(part));
      if (got <= 0) break;
      wrong.append(part, static_cast<std::size_t>(got));
    }
    ::close(said_);
    int status = 0;
    ::waitpid(std::exchange(child_, -1), &status, 0);
    if (WIFSIGNALED(status)) wrong += " killed by " + std::to_string(WTERMSIG(status));
    return wrong;
  }

 private:
  pid_t child_ = -1;
  int said_ = -1;
};

class ForkedProcesses : public testing::Test {
 protected:
  static std::string answer_to(const std::string& command) {
    if (command.starts_with("SUBSCRIBE")) return ">3\r\n+subscribe\r\n+n\r\n:1\r\n";
    if (command.starts_with("GET")) return "$1\r\nv\r\n";
    return "+OK\r\n";
  }
  std::vector<std::string> commands() {
    const MutexLock lock(mutex_);
    return commands_;
  }
  ClientConfig config() const {
    ClientConfig config = patient_config(peer_.url());
    config.near_cache.emplace();
    return config;
  }

  std::promise<void> lease_has_ended_;

 private:
  Mutex mutex_;
  std::vector<std::string> commands_ QUARTZ_GUARDED_BY(mutex_);

 protected:
  ScriptedPeer peer_{[this](PeerConnection& connection) {
    if (!connection.greet()) return;
    bool is_lent = false;
    connection.answer_all([&](const std::string& command) {
      if (command.starts_with("WATCH")) is_lent = true;
      const MutexLock lock(mutex_);
      commands_.push_back(command);
      return answer_to(command);
    });
    if (is_lent) lease_has_ended_.set_value();
  }};
};

/// A client, and everything that one may have.
struct Everything {
  explicit Everything(const ClientConfig& config) : client(std::in_place, config) {
    EXPECT_EQ(client->get("k").value(), "v");
    lease.emplace(client->lease().value());
    EXPECT_TRUE(lease->watch("k"));
    subscription.emplace(client->subscribe({.channels = {"n"}, .patterns = {}}).value());
  }

  std::optional<Client> client;
  std::optional<Lease> lease;
  std::optional<Subscription> subscription;
};

/// Collects the names of calls that did not fail as they have to in a child.
class Wrongs {
 public:
  template <class T>
  void note(std::string_view call, const ClientResult<T>& result) {
    if (result) {
      text_ += std::string(call) + " succeeded; ";
    } else if (result.error().code() != ClientErrc::forked) {
      text_ += std::string(call) + ": " + result.error().to_string() + "; ";
    }
  }
  std::string text() const { return text_; }

 private:
  std::string text_;
};

TEST_F(ForkedProcesses, are_refused_by_the_clients_of_their_parents) {
  Everything of(config());
  const SubscriptionTopics more{.channels = {"m"}, .patterns = {}};
  Fork child([&] {
    Wrongs wrongs;
    wrongs.note("get", of.client->get("k"));  // Which is near.
    wrongs.note("set", of.client->set("k", "w"));
    wrongs.note("exec", of.client->exec(Batch().add(c::incr("n"))));
    wrongs.note("lease", of.client->lease());
    wrongs.note("subscribe", of.client->subscribe({.channels = {"n"}, .patterns = {}}));
    wrongs.note("lease.run", of.lease->run(c::get("k")));
    wrongs.note("lease.blpop", of.lease->run(c::blpop("l", std::chrono::milliseconds(0))));
    wrongs.note("next", of.subscription->next());
    wrongs.note("add", of.subscription->add(more));
    of.client->close();
    EXPECT_FALSE(of.client->metrics_text().empty());
    return wrongs.text();
  });
  EXPECT_EQ(child.outcome(), "");
  EXPECT_TRUE(of.client->set("k", "v"));
}

TEST_F(ForkedProcesses, hear_of_it_where_their_handlers_are_to_be_called) {
  if (kUnderThreadSanitizer) {
    GTEST_SKIP() << "SKIPPED: ThreadSanitizer lets a forked process make no threads";
  }
  Everything of(config());
  Fork child([&] {
    Wrongs wrongs;
    int told = 0;
    asio::io_context context;
    const auto note = [&]<class T>(ClientResult<T> result) {
      wrongs.note("a handler's", result);
      ++told;
    };
    std::string into;
    of.client->async_get("k", asio::bind_executor(context, note));
    of.client->async_get("k", into, asio::bind_executor(context, note));
    of.client->async_lease(asio::bind_executor(context, note));
    of.client->async_subscribe({.channels = {"n"}}, asio::bind_executor(context, note));
    of.lease->async_run(c::get("k"), asio::bind_executor(context, note));
    of.subscription->async_next(asio::bind_executor(context, note));
    of.subscription->async_add({.channels = {"m"}, .patterns = {}},
                               asio::bind_executor(context, note));
    if (told != 0) return std::string("a handler was called from within");
    context.run();
    of.client->async_set("k", "w", note);
    return wrongs.text() + (told == 8 ? "" : std::to_string(told) + " were told");
  });
  EXPECT_EQ(child.outcome(), "");
}

TEST_F(ForkedProcesses, let_go_of_clients_without_a_word_to_the_server) {
  Everything of(config());
  std::vector<std::string> expected = commands();
  Fork child([&] {
    of.subscription.reset();
    of.lease.reset();
    of.client.reset();
    return std::string();
  });
  EXPECT_EQ(child.outcome(), "");
  // All of it is as it was: the connections, and what is watched.
  EXPECT_TRUE(of.client->set("k", "w"));
  EXPECT_TRUE(of.lease->run(c::get("k")));
  expected.insert(expected.end(), {"SET k w", "GET k"});
  EXPECT_EQ(commands(), expected);
  EXPECT_EQ(peer_.accepted(), 3u);
}

TEST_F(ForkedProcesses, keep_no_connection_from_ending_that_their_parent_ends) {
  Everything of(config());
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  Fork child([&] {
    ::close(ends[1]);
    char none = 0;  // Until the parent is done.
    return std::string(::read(ends[0], &none, 1) == 0 ? "" : "it cannot wait");
  });
  of.client.reset();
  EXPECT_EQ(lease_has_ended_.get_future().wait_for(kPatience), std::future_status::ready);
  ::close(ends[1]);
  EXPECT_EQ(child.outcome(), "");
  ::close(ends[0]);
}

TEST_F(ForkedProcesses, may_have_clients_of_their_own) {
  Everything of(config());
  Fork child([&] {
    std::optional<ClientResult<std::optional<std::string>>> value;
    asio::io_context context;
    Client own{context.get_executor(), config()};
    own.async_get("own", [&](ClientResult<std::optional<std::string>> read) {
      value.emplace(std::move(read));
      own.close();
    });
    context.run();
    return std::string(value && *value && **value == "v" ? "" : "it cannot read");
  });
  EXPECT_EQ(child.outcome(), "");
  EXPECT_THAT(commands(), testing::Contains("GET own"));
}

}  // namespace
}  // namespace quartz::client
