#include "server/resp/local_session.hpp"

#include <utility>

#include <boost/asio/post.hpp>

#include "quartz/storage/async_operations.hpp"

namespace quartz::server {

namespace asio = boost::asio;

namespace {

// What a buffer keeps of its memory once it was told.
constexpr std::size_t kToldBytesKept = std::size_t{4} << 20;

}  // namespace

// By which others let something happen on the executor. They hold locks that the end of a session
// takes, so nobody but the executor may ever be the last to hold one; and once it has ended there
// may be no executor any more.
class LocalSession::Mailbox {
 public:
  Mailbox(asio::any_io_executor executor, std::weak_ptr<LocalSession> session)
      : session_(std::move(session)), executor_(std::move(executor)) {}

  template <class Call>
  void post(Call call) {
    const MutexLock lock(mutex_);
    if (!executor_) return;
    asio::post(executor_, [weak = session_, call = std::move(call)] {
      if (const auto session = weak.lock()) call(*session);
    });
  }
  void close() {
    const MutexLock lock(mutex_);
    executor_ = nullptr;
  }

 private:
  const std::weak_ptr<LocalSession> session_;
  Mutex mutex_;
  // None: closed. What is carried out on another thread keeps the mailbox for longer than there is
  // a context behind it.
  asio::any_io_executor executor_ QUARTZ_GUARDED_BY(mutex_);
};

LocalSession::LocalSession(RespServer& server, asio::any_io_executor executor,
                           LocalService::Listener listener)
    : server_(server),
      executor_(std::move(executor)),
      listener_(std::move(listener)),
      waited_(executor_) {}

LocalSession::~LocalSession() { end(); }

ClientWire LocalSession::wire() {
  return {.push =
              [mailbox = mailbox_](std::string bytes) {
                mailbox->post([bytes = std::move(bytes)](LocalSession& to) { to.push(bytes); });
              },
          .close = [mailbox = mailbox_] { mailbox->post([](LocalSession& to) { to.end(); }); },
          .wake = [mailbox = mailbox_] { mailbox->post([](LocalSession& to) { to.wake(); }); }};
}

void LocalSession::begin() {
  mailbox_ = std::make_shared<Mailbox>(executor_, weak_from_this());
  ClientDescription who;
  who.address = who.local_address = "local:0";
  const MutexLock lock(mutex_);
  client_ = std::make_shared<RespClient>(server_, std::move(who), wire());
  client_->trust();
  server_.add(client_);
}

void LocalSession::send(std::string_view requests) {
  const MutexLock lock(mutex_);
  if (!client_) return;
  input_ += requests;
  answer();
}

// Once there is much output it goes on when that was told, so that whoever asks for more than he
// reads costs no more memory than a network's client does.
void LocalSession::answer() {
  while (client_ && !syncing_ && !full_) {
    if (client_->waiting()) return wait();
    input_.erase(0, client_->receive(input_, output_));
    full_ = client_->more();
    if (client_->unsynced()) return sync();
    tell_soon();
    if (client_->closing()) return end_locked();
    if (!client_->waiting()) return;
  }
}

void LocalSession::go_on() {
  const MutexLock lock(mutex_);
  answer();
}

// Before anybody is told that it was written. If that fails nobody can know what will be there
// after power loss; an answer would be a lie, so the session ends without one.
// The thread of syncs keeps what it calls for longer than the session may live, so that this holds
// no executor; the session does, for which meanwhile work is outstanding.
void LocalSession::sync() {
  syncing_.emplace(executor_);
  storage::sync_in_background(
      server_.service().engine().engine(), [mailbox = mailbox_](const Result<void>& result) {
        mailbox->post([succeeded = result.has_value()](LocalSession& to) { to.synced(succeeded); });
      });
}

void LocalSession::synced(bool succeeded) {
  const MutexLock lock(mutex_);
  syncing_.reset();
  if (!client_) return;
  if (!succeeded) {
    output_.clear();
    return end_locked();
  }
  client_->note_synced();
  tell_soon();
  if (client_->closing()) return end_locked();
  answer();
}

void LocalSession::wait() {
  waited_.expires_at(client_->waits_until());
  waited_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    if (error) return;
    if (const auto session = weak.lock()) session->wake();
  });
}

void LocalSession::wake() {
  const MutexLock lock(mutex_);
  if (!client_ || syncing_) return;
  if (client_->waiting()) client_->resume(std::chrono::steady_clock::now(), output_);
  answer();
}

void LocalSession::push(const std::string& bytes) {
  const MutexLock lock(mutex_);
  output_ += bytes;
  tell_soon();
}

void LocalSession::end() {
  const MutexLock lock(mutex_);
  end_locked();
}

void LocalSession::end_locked() {
  if (!client_) return;
  client_->give_up();
  client_->unsubscribe_all();
  client_.reset();
  waited_.cancel();
  // What was answered is told; a sync that may never end is not waited for.
  if (syncing_) output_.clear();
  syncing_.reset();
  tell_soon();
  mailbox_->close();
}

void LocalSession::tell_soon() {
  if (telling_ || syncing_ || (output_.empty() && client_)) return;
  telling_ = true;
  mailbox_->post([](LocalSession& to) { to.tell(); });
}

void LocalSession::tell() {
  bool ended = false;
  {
    const MutexLock lock(mutex_);
    telling_ = false;
    if (syncing_) return;
    told_.clear();
    if (told_.capacity() > kToldBytesKept) std::string().swap(told_);
    std::swap(told_, output_);
    ended = !client_;
    // Posted, so that it comes behind what is told here.
    if (std::exchange(full_, false)) mailbox_->post([](LocalSession& to) { to.go_on(); });
  }
  if (!told_.empty()) listener_.replied(told_);
  if (ended && !std::exchange(told_of_end_, true)) listener_.ended();
}

}  // namespace quartz::server
