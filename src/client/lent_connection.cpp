#include "client/lent_connection.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.hpp"
#include "client/reply_reader.hpp"
#include "client/request_words.hpp"

namespace quartz::client {
namespace {

constexpr std::string_view kUnwatch = "*1\r\n$7\r\nUNWATCH\r\n";
constexpr std::string_view kWatch = "WATCH";

// After these the connection is another one to whoever comes next.
constexpr auto kChanging = std::to_array<std::string_view>(
    {"AUTH", "ASKING", "CLIENT", "DISCARD", "EXEC", "HELLO", "MONITOR", "MULTI", "PSUBSCRIBE",
     "PSYNC", "QUARTZ.TRACE", "QUIT", "READONLY", "READWRITE", "RESET", "SELECT", "SSUBSCRIBE",
     "SUBSCRIBE", "SYNC"});

}  // namespace

void LentConnection::open(std::shared_ptr<Connection> connection, Clock::time_point expires) {
  connection_ = std::move(connection);
  expires_ = expires;
  connection_->open();
}

std::uint64_t LentConnection::lend() noexcept {
  lent_ = true;
  return ++number_;
}

bool LentConnection::take_back() {
  lent_ = false;
  if (!is_open() || changed_) return false;
  // The answer of the lease before need not be waited for: whatever comes next is behind it.
  if (connection_->in_flight() != (unwatching_ ? 1u : 0u)) return false;
  if (std::exchange(watching_, false) && !std::exchange(unwatching_, true)) {
    connection_->submit(kUnwatch, *this);
  }
  return true;
}

void LentConnection::end(ConnectionEnd end) {
  // It is let go by `ended`.
  if (const auto connection = connection_) connection->end(std::move(end));
}

// What the commands of a request leave behind on the connection, those of a batch too.
void LentConnection::note_changes(const Request& request) {
  const bool is_batch = request.replies > 1;
  RequestWords words(request.text);
  for (bool first = true; !words.at_end(); first = false) {
    std::size_t left = words.begin_command();
    const std::string_view name = words.take();
    while (--left != 0) words.take();
    const bool frame = is_batch && ((first && is_same_word(name, "MULTI")) ||
                                    (words.at_end() && is_same_word(name, "EXEC")));
    if (frame) continue;
    if (is_same_word(name, kWatch)) watching_ = true;
    if (std::ranges::any_of(kChanging, [&](auto each) { return is_same_word(name, each); })) {
      changed_ = true;
    }
  }
  if (is_batch) watching_ = false;
}

void LentConnection::submit(Request& request) {
  note_changes(request);
  if (request.waits && waiting_++ == 0) connection_->expect_silence(true);
  connection_->submit(request.text_for(*connection_), request, request.replies);
}

void LentConnection::answered(const Request& request) noexcept {
  if (request.waits && --waiting_ == 0 && connection_) connection_->expect_silence(false);
}

void LentConnection::withdrawn(const Request& request) noexcept {
  answered(request);
  // It may have been the batch that would have ended that.
  watching_ = true;
}

void LentConnection::replied(Exchange::Reply reply) {
  unwatching_ = false;
  if (const auto refusal = error_text(reply)) {
    end({.code = ClientErrc::unavailable, .reason = std::string(*refusal)});
  }
}

void LentConnection::opened(Connection& /*connection*/) {
  has_been_open_ = true;
  lender_.opened(*this);
}

void LentConnection::ended(Connection& /*connection*/, const ConnectionEnd& end) {
  const auto self = shared_from_this();  // The lender lets it go.
  const auto gone = std::exchange(connection_, nullptr);
  end_reason_ = end.reason;
  lender_.ended(*this, end);
}

}  // namespace quartz::client
