#include "server/crash/ledger_writer.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sys/socket.h>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "protocol/resp_reply_parser.hpp"
#include "server/raw_client.hpp"

namespace quartz::server {
namespace {

using protocol::RespReplyParser;

constexpr std::uint64_t kSlots = 20;
constexpr std::uint64_t kPairEvery = 7;

bool is_pair(std::uint64_t step) noexcept { return step % kPairEvery == 0; }

/// One connection's replies, as far as they come.
class Replies {
 public:
  explicit Replies(RawClient& client) : client_(client) {}

  /// The text of the next reply's last node; false at the end of the connection.
  bool next(std::string& text) {
    std::array<char, 65536> part;
    while (parser_.advance(bytes_) != RespReplyParser::Progress::complete) {
      const ssize_t got = ::recv(client_.descriptor(), part.data(), part.size(), 0);
      if (got <= 0) return false;
      bytes_.append(part.data(), static_cast<std::size_t>(got));
    }
    text = parser_.nodes().back().text;
    bytes_.erase(0, parser_.consumed());
    return true;
  }

 private:
  RawClient& client_;
  RespReplyParser parser_;
  std::string bytes_;
};

}  // namespace

void LedgerWriter::run(std::uint16_t port, std::uint64_t seed) {
  RawClient client(port);
  Replies replies(client);
  Random random(seed);
  std::string text;
  for (;;) {
    const std::uint64_t last = sent_ + 1 + random.below(40);
    std::string requests;
    while (sent_ < last) requests += request_of_step(++sent_);
    if (!client.send(requests)) return;
    while (acknowledged_ < last) {
      const bool in_pair = is_pair(acknowledged_ + 1);
      for (int i = 0; i < (in_pair ? 4 : 1); ++i) {
        if (!replies.next(text)) return;
      }
      ASSERT_EQ(text, "OK");
      ++acknowledged_;
    }
  }
}

std::uint64_t LedgerWriter::check(std::uint16_t port, std::uint64_t first,
                                  std::uint64_t last) const {
  RawClient client(port);
  Replies replies(client);
  std::map<std::string, std::uint64_t> found;
  std::uint64_t newest = 0;
  for (const std::string& key : keys()) {
    std::string text;
    EXPECT_TRUE(client.send("GET " + key + "\r\n") && replies.next(text));
    found[key] = text.empty() ? 0 : std::stoull(text);
    newest = std::max(newest, found[key]);
  }
  EXPECT_GE(newest, first) << prefix_ << ": an acknowledged step is lost";
  EXPECT_LE(newest, last) << prefix_ << ": a step was made up";
  for (const std::string& key : keys()) {
    EXPECT_EQ(found[key], newest_step(key, newest)) << key << " of steps up to " << newest;
  }
  return newest;
}

std::string LedgerWriter::slot(std::uint64_t step) const {
  return prefix_ + std::to_string(step % kSlots);
}

std::string LedgerWriter::request_of_step(std::uint64_t step) const {
  const std::string number = std::to_string(step);
  if (!is_pair(step)) return "SET " + slot(step) + " " + number + " EX 100000\r\n";
  return "MULTI\r\nSET " + prefix_ + "left " + number + "\r\nSET " + prefix_ + "right " + number +
         "\r\nEXEC\r\n";
}

std::vector<std::string> LedgerWriter::keys() const {
  std::vector<std::string> all = {prefix_ + "left", prefix_ + "right"};
  for (std::uint64_t i = 0; i < kSlots; ++i) all.push_back(slot(i));
  return all;
}

std::uint64_t LedgerWriter::newest_step(const std::string& key, std::uint64_t last) const {
  for (std::uint64_t step = last; step > 0; --step) {
    const bool wrote = is_pair(step) ? key.ends_with("t") : key == slot(step);
    if (wrote) return step;
  }
  return 0;
}

}  // namespace quartz::server
