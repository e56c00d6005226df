#include "client/local_stream.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace quartz::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// What waits for a reader who has stopped reading. Beyond it the session ends, as that of a network
// does; a server's `limits.unread_bytes_max` is as much.
constexpr std::size_t kUnreadBytesMax = 32u << 20;
// What a buffer keeps of its memory once it is empty.
constexpr std::size_t kInboxBytesKept = 4u << 20;

}  // namespace

// What has arrived, and who waits for it. The session may tell of something after the stream has
// gone.
struct LocalStream::Inbox {
  // Of what has arrived or, without that, of the end.
  bool has_news() const noexcept { return begin < bytes.size() || ended; }

  // A reader who goes on takes all of it before the server, which waits for that, says more.
  void take(std::string_view replies) {
    if (ended) return;
    bytes += replies;
    while (reader && begin < bytes.size()) tell();
    ended = bytes.size() - begin > kUnreadBytesMax;
    if (bytes.empty() && bytes.capacity() > kInboxBytesKept) std::string().swap(bytes);
  }

  // Needs a reader and news.
  void tell() {
    const std::size_t size = std::min(into.size(), bytes.size() - begin);
    std::copy_n(bytes.data() + begin, size, static_cast<char*>(into.data()));
    begin += size;
    // Half of what is copied then was read before, so that a reader who always lags costs no more.
    if (begin > bytes.size() / 2) bytes.erase(0, std::exchange(begin, 0));
    const ReadHandler told = std::exchange(reader, nullptr);
    told(size == 0 ? error_code(asio::error::eof) : error_code(), size);
  }

  std::string bytes;
  std::size_t begin = 0;  // Of those that were not read yet.
  bool ended = false;
  ReadHandler reader;
  asio::mutable_buffer into;
};

LocalStream::LocalStream(const Strand& strand)
    : strand_(strand), inbox_(std::make_shared<Inbox>()) {}

LocalStream::~LocalStream() { close(); }

bool LocalStream::connect(LocalService& service) {
  const std::weak_ptr<Inbox> weak = inbox_;
  session_ = service.connect(strand_, {.replied =
                                           [weak](std::string_view replies) {
                                             if (const auto inbox = weak.lock()) {
                                               inbox->take(replies);
                                             }
                                           },
                                       .ended =
                                           [weak] {
                                             const auto inbox = weak.lock();
                                             if (!inbox) return;
                                             inbox->ended = true;
                                             if (inbox->reader) inbox->tell();
                                           }});
  return session_ != nullptr;
}

void LocalStream::async_read_some(asio::mutable_buffer into, ReadHandler handler) {
  inbox_->into = into;
  inbox_->reader = std::move(handler);
  if (!inbox_->has_news()) return;
  // Until then others may have told this reader, and there may be another one without news.
  asio::post(strand_, [inbox = inbox_] {
    if (inbox->reader && inbox->has_news()) inbox->tell();
  });
}

void LocalStream::write(std::string_view bytes) { session_->send(bytes); }

void LocalStream::close() {
  session_.reset();
  if (!inbox_->reader) return;
  asio::post(strand_, [reader = std::exchange(inbox_->reader, nullptr)] {
    reader(asio::error::operation_aborted, 0);
  });
}

}  // namespace quartz::client
