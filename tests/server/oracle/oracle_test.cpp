#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "protocol/resp_reply_parser.hpp"
#include "server/oracle/allowed_differences.hpp"
#include "server/oracle/command_text.hpp"
#include "server/oracle/random_command.hpp"
#include "server/oracle/reply_comparison.hpp"
#include "server/peers/redis_server.hpp"
#include "server/raw_client.hpp"
#include "server/resp/command_table.hpp"
#include "server/resp/resp_conversation.hpp"
#include "support/number_from_environment.hpp"

namespace quartz::server {
namespace {

using protocol::RespReplyParser;
using protocol::RespType;

std::vector<ReplyTree> replies_in(std::string_view bytes) {
  std::vector<ReplyTree> replies;
  RespReplyParser parser;
  while (!bytes.empty() && parser.advance(bytes) == RespReplyParser::Progress::complete) {
    replies.push_back(tree_of(parser.nodes()));
    bytes.remove_prefix(parser.consumed());
  }
  return replies;
}

/// Whether WATCH may notice what Redis does not: FLUSHDB changes keys that were not there, too, and
/// a BITFIELD that fails may have made the string longer before.
bool changes_silently(const std::vector<std::string>& words) {
  const std::string name = lower_case(words[0]);
  return name.starts_with("flush") ||
         (name == "bitfield" && std::ranges::find(words, "FAIL") != words.end());
}

/// Of "$3:abc ".
std::string bulk_in(const ReplyTree& tree) {
  const std::size_t colon = tree.head.find(':');
  return tree.head.substr(colon + 1, tree.head.size() - colon - 2);
}

/// A connection to Redis on which requests are sent together.
class OracleClient {
 public:
  explicit OracleClient(std::uint16_t port) : client_(port) {}

  std::vector<ReplyTree> ask(std::string_view requests, std::size_t count) {
    client_.send(requests);
    std::vector<ReplyTree> replies;
    std::string bytes;
    RespReplyParser parser;
    std::array<char, 65536> part;
    while (replies.size() < count) {
      if (parser.advance(bytes) == RespReplyParser::Progress::complete) {
        replies.push_back(tree_of(parser.nodes()));
        bytes.erase(0, parser.consumed());
        continue;
      }
      const ssize_t got = ::recv(client_.descriptor(), part.data(), part.size(), 0);
      if (got <= 0) break;
      bytes.append(part.data(), static_cast<std::size_t>(got));
    }
    return replies;
  }

 private:
  RawClient client_;
};

/// The same client of both servers.
class OraclePair {
 public:
  OraclePair(std::uint16_t port, RespServer& server, std::uint64_t& flushes)
      : theirs_(port), ours_(server), flushes_(flushes) {}

  /// Gives each server what the other one tells of a key by DUMP, if both do; what went wrong.
  std::optional<std::string> exchange_dumps(const std::string& key) {
    const std::string request = request_of({"DUMP", key});
    const auto theirs = theirs_.ask(request, 1);
    const auto ours = replies_in(ours_.send(request));
    if (theirs.size() != 1 || ours.size() != 1 || theirs[0].type != ours[0].type) return "DUMP";
    if (ours[0].type != RespType::bulk) return std::nullopt;
    const auto restore = [&](const ReplyTree& dump) {
      return request_of({"RESTORE", key, "0", bulk_in(dump), "REPLACE"});
    };
    const auto taken = theirs_.ask(restore(ours[0]), 1);
    const std::string answer = ours_.send(restore(theirs[0]));
    if (answer == "+OK\r\n" && taken.size() == 1 && taken[0].head == "+2:OK ") return std::nullopt;
    return fmt::format("RESTORE of {}\n    Redis:  {}\n    Quartz: {}", shown(theirs[0].bytes),
                       taken.empty() ? "" : taken[0].bytes, shown(answer));
  }
  /// Whether the two servers do not hold the same any more, for a reason that is allowed.
  bool is_apart() const { return apart_; }
  /// How each of the commands is replied to differently.
  std::vector<std::string> compare(const std::vector<RandomCommand>& commands) {
    std::string requests;
    for (const RandomCommand& command : commands) requests += request_of(command.words);
    const auto theirs = theirs_.ask(requests, commands.size());
    const auto ours = replies_in(ours_.send(requests));
    std::vector<std::string> differences;
    if (theirs.size() != commands.size() || ours.size() != commands.size()) {
      differences.push_back(fmt::format("{} commands, {} replies of Redis, {} of Quartz",
                                        commands.size(), theirs.size(), ours.size()));
      return differences;
    }
    for (std::size_t i = 0; i < commands.size(); ++i) {
      within_.clear();
      if (is_same(commands[i], theirs[i], ours[i])) continue;
      differences.push_back(description_of(commands[i].words, theirs[i], ours[i]) + within_);
    }
    return differences;
  }

 private:
  static std::string description_of(const std::vector<std::string>& words, const ReplyTree& theirs,
                                    const ReplyTree& ours) {
    return fmt::format("{}\n    Redis:  {}\n    Quartz: {}", shown(text_of_command(words)),
                       shown(theirs.bytes), shown(ours.bytes));
  }

  bool is_same(const RandomCommand& command, const ReplyTree& theirs, const ReplyTree& ours) {
    if (theirs.head == "+6:QUEUED ") queued_.push_back(command);
    const std::string name = lower_case(command.words[0]);
    if (changes_silently(command.words)) ++flushes_;
    if (name == "watch") flushes_at_watch_ = std::min(flushes_at_watch_, flushes_);
    if (name == "exec" && ours.type == RespType::null && flushes_ > flushes_at_watch_) {
      apart_ = theirs.type != RespType::null;
      if (apart_) return true;
    }
    const bool ends_watch = name == "exec" ? theirs.head.find("without MULTI") == std::string::npos
                                           : name == "discard" || name == "unwatch";
    const bool is_done = name == "exec" || theirs.head == "+2:OK ";
    if (ends_watch && is_done) flushes_at_watch_ = kNever;
    bool same = agree(theirs, ours, command.comparison);
    if (!same && name == "exec" && theirs.items.size() == queued_.size() &&
        ours.items.size() == queued_.size()) {
      same = true;
      for (std::size_t i = 0; i < queued_.size(); ++i) {
        if (agree(theirs.items[i], ours.items[i], queued_[i].comparison) ||
            allow(queued_[i], theirs.items[i], ours.items[i])) {
          continue;
        }
        same = false;
        within_ +=
            "\n  within: " + description_of(queued_[i].words, theirs.items[i], ours.items[i]);
      }
    }
    if (name == "exec") {
      flushes_ += static_cast<std::uint64_t>(std::ranges::count_if(
          queued_, [](const RandomCommand& one) { return changes_silently(one.words); }));
    }
    if (name == "exec" || name == "discard") queued_.clear();
    return same || allow(command, theirs, ours);
  }

  bool allow(const RandomCommand& command, const ReplyTree& theirs, const ReplyTree& ours) {
    if (!is_allowed_difference(command, theirs, ours)) return false;
    // What only one of them refused, only the other one did.
    apart_ = apart_ || (ours.type == RespType::error && theirs.type != RespType::error &&
                        !lower_case(command.words[0]).ends_with("scan"));
    return true;
  }

  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  OracleClient theirs_;
  RespPeer ours_;
  std::uint64_t& flushes_;
  std::uint64_t flushes_at_watch_ = kNever;
  bool apart_ = false;
  std::vector<RandomCommand> queued_;
  std::string within_;  // What differs of an EXEC.
};

class Oracle : public testing::Test {
 protected:
  Oracle()
      : engine_(open_small(scratch_ / "data", unflushed_config())),
        service_(Service::open(engine_).value()) {}

  /// A WATCH that is older than what memory holds fails, which Redis does not know. Here nothing
  /// leaves memory.
  static StorageConfig unflushed_config() {
    StorageConfig config = small_config();
    config.segment_bytes = std::size_t{256} << 20;
    config.memtable_bytes = std::size_t{1} << 30;
    return config;
  }

  /// Lets both servers hold the same still, but what the other one said of it.
  std::vector<std::string> exchange_dumps() {
    std::vector<std::string> failures = checker_->compare({{.words = {"SELECT", "0"}}});
    for (const std::string& key : oracle_keys()) {
      if (const auto failure = checker_->exchange_dumps(key)) failures.push_back(*failure);
    }
    return failures;
  }

  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    redis_.emplace();
    begin();
  }

  /// Both are empty, and know nobody.
  void begin() {
    pairs_.clear();
    server_.emplace(*service_);
    checker_ = std::make_unique<OraclePair>(redis_->port(), *server_, flushes_);
    for (int i = 0; i < 3; ++i) {
      pairs_.push_back(std::make_unique<OraclePair>(redis_->port(), *server_, flushes_));
    }
    EXPECT_TRUE(checker_->compare({{.words = {"FLUSHALL"}}}).empty());
    EXPECT_TRUE(
        pairs_[0]->compare({{.words = {"HELLO", "3"}, .comparison = Comparison::kind}}).empty());
  }

  /// What all keys hold.
  std::vector<std::string> compare_content() {
    std::vector<RandomCommand> commands;
    const auto ask = [&](std::vector<std::string> words,
                         Comparison comparison = Comparison::exact) {
      if (CommandTable::all().find(words[0]) == nullptr) return;
      commands.push_back({.words = std::move(words), .comparison = comparison});
    };
    for (const char* database : {"0", "1", "2"}) {
      ask({"SELECT", database});
      ask({"KEYS", "*"}, Comparison::unordered);
      for (const std::string& key : oracle_keys()) {
        ask({"TYPE", key});
        ask({"PEXPIRETIME", key}, Comparison::about);
        ask({"GET", key});
        ask({"HGETALL", key}, Comparison::unordered_pairs);
        ask({"LRANGE", key, "0", "-1"});
        ask({"SMEMBERS", key}, Comparison::unordered);
        ask({"ZRANGE", key, "0", "-1", "WITHSCORES"});
      }
    }
    return checker_->compare(commands);
  }

  ScratchDirectory scratch_;
  StorageEngine engine_;
  std::unique_ptr<Service> service_;
  std::uint64_t flushes_ = 0;  // And other silent changes so far, by any client.
  std::optional<RespServer> server_;
  std::optional<RedisServer> redis_;
  std::unique_ptr<OraclePair> checker_;
  std::vector<std::unique_ptr<OraclePair>> pairs_;
};

// QUARTZ_ORACLE_COMMANDS of them, by the seed QUARTZ_ORACLE_SEED, in bursts of several clients. Of
// all sorts, or of those that QUARTZ_ORACLE_SORTS names: "lists,keys".
TEST_F(Oracle, replies_as_redis_does) {
  const std::uint64_t wanted = number_from_environment("QUARTZ_ORACLE_COMMANDS", 20'000);
  const std::uint64_t seed = number_from_environment("QUARTZ_ORACLE_SEED", 20240229);
  const char* const chosen = std::getenv("QUARTZ_ORACLE_SORTS");
  const std::string sorts = chosen == nullptr ? "" : chosen;
  std::cout << "QUARTZ_ORACLE_COMMANDS=" << wanted << " QUARTZ_ORACLE_SEED=" << seed
            << " QUARTZ_ORACLE_SORTS=" << sorts << '\n';
  constexpr std::size_t kFailuresMax = 25;
  constexpr std::size_t kHistoryMax = 250;
  RandomCommands commands(seed, sorts);
  std::deque<std::string> history;
  std::size_t failures = 0;
  for (std::uint64_t made = 0; made < wanted && failures < kFailuresMax;) {
    const std::size_t who = commands.random().below(pairs_.size());
    std::vector<RandomCommand> burst(1 + commands.random().below(30));
    for (RandomCommand& command : burst) {
      command = commands.next();
      history.push_back(fmt::format("{}: {}", who, shown(text_of_command(command.words))));
      if (history.size() > kHistoryMax) history.pop_front();
    }
    made += burst.size();
    std::vector<std::string> differences = pairs_[who]->compare(burst);
    if (pairs_[who]->is_apart()) {
      begin();
      continue;
    }
    if (differences.empty() && commands.random().one_in(8)) differences = compare_content();
    if (differences.empty() && commands.random().one_in(60)) differences = exchange_dumps();
    if (differences.empty()) continue;
    ++failures;
    std::string before;
    for (const std::string& line : history) before += "\n  " + line;
    ADD_FAILURE() << "after " << made << " commands: " << differences.front()
                  << (failures <= 2 ? "\n  after" + before : "");
    begin();
  }
}

}  // namespace
}  // namespace quartz::server
