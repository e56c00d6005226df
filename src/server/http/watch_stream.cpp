#include "server/http/watch_stream.hpp"

#include <exception>
#include <iterator>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "server/http/json_bytes.hpp"

namespace quartz::server {
namespace {

namespace asio = boost::asio;

/// How long a write takes at most to become visible, but for one that waits for the disk.
constexpr std::chrono::milliseconds kInvisiblePause{1};

std::string_view event_of(Change::What what) noexcept {
  switch (what) {
    case Change::What::put:
      return "put";
    case Change::What::remove:
      return "delete";
    case Change::What::remove_range:
      break;
  }
  return "delete_range";
}

}  // namespace

WatchStream::WatchStream(asio::any_io_executor executor, ChangeFeed& feed, Choice choice)
    : feed_(feed), choice_(std::move(choice)), executor_(std::move(executor)), timer_(executor_) {}

WatchStream::~WatchStream() { feed_.remove(*this); }

ChangeFeed::Page WatchStream::look() const {
  return feed_.since(choice_.after, {.database = choice_.database, .prefix = choice_.prefix});
}

Task<std::string> WatchStream::next() {
  std::string text;
  if (!std::exchange(greeted_, true)) {
    // Bytes at once tell the client that it watches from here on.
    text = ": watching\nretry: 1000\n";
    // Whoever has to begin anew comes back with the id that he has until he knows.
    if (!choice_.is_ahead) fmt::format_to(std::back_inserter(text), "id: {}\n", choice_.after);
    text += '\n';
    co_return text;
  }
  while (!ended_) {
    asleep_.store(true, std::memory_order_seq_cst);
    const ChangeFeed::Page page = look();
    if (page.lost || choice_.is_ahead) {
      append_loss(text, page);
      co_return text;
    }
    append_changes(text, page);
    choice_.after = page.through;
    if (!text.empty()) co_return text;
    if (page.more) continue;
    timer_.expires_after(page.invisible ? kInvisiblePause : choice_.heartbeat);
    const auto [woken] = co_await timer_.async_wait(asio::as_tuple(kUseTask));
    if (woken || ended_ || page.invisible) continue;
    // The id goes on although nothing was wanted, so that it stays one that can be resumed from.
    fmt::format_to(std::back_inserter(text), ": heartbeat\nid: {}\n\n", choice_.after);
    co_return text;
  }
  co_return text;
}

void WatchStream::append_changes(std::string& to, const ChangeFeed::Page& page) {
  for (const Change& change : page.changes) {
    fmt::format_to(std::back_inserter(to), "id: {}\nevent: {}\ndata: ", change.sequence,
                   event_of(change.what));
    if (change.what == Change::What::remove_range) {
      to += "{\"start\":";
      append_json_bytes(to, change.key);
      to += ",\"end\":";
      append_json_bytes(to, change.range_end);
    } else {
      to += "{\"key\":";
      append_json_bytes(to, change.key);
    }
    to += "}\n\n";
  }
}

void WatchStream::append_loss(std::string& to, const ChangeFeed::Page& page) {
  // Whoever was away too long reads anew and goes on from here; whoever is too slow would be again.
  const bool goes_on = std::exchange(choice_.resumed, false);
  std::string_view reason = "changes came faster than they were read";
  if (goes_on) reason = "what came behind Last-Event-ID is not kept any more";
  if (std::exchange(choice_.is_ahead, false)) reason = "Last-Event-ID is ahead of the database";
  choice_.after = page.through;
  fmt::format_to(std::back_inserter(to), "id: {}\nevent: {}\ndata: {{\"reason\":\"{}\"}}\n\n",
                 page.through, goes_on ? "reset" : "overrun", reason);
  if (!goes_on) ended_ = true;
}

void WatchStream::end() noexcept {
  ended_ = true;
  timer_.cancel();
}

void WatchStream::wake() noexcept {
  if (!asleep_.exchange(false, std::memory_order_seq_cst)) return;
  try {
    asio::post(executor_, [weak = weak_from_this()] {
      if (const auto stream = weak.lock()) stream->timer_.cancel();
    });
  } catch (const std::exception&) {
    // Without memory for it, the heartbeat finds what there is.
    return;
  }
}

}  // namespace quartz::server
