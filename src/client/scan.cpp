#include "quartz/client/scan.hpp"

#include <atomic>
#include <span>
#include <type_traits>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include "base/try.hpp"
#include "client/commands/words.hpp"
#include "client/completion.hpp"
#include "client/reply_reader.hpp"

namespace quartz {
namespace client {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kFirst = "0";  // Of cursors; that behind the last page, too.

// A pattern of names that begin so.
std::string pattern_of(std::string_view prefix) {
  constexpr std::string_view kMeanSomething = "*?[]\\";
  std::string pattern;
  pattern.reserve(prefix.size() + 1);
  for (const char c : prefix) {
    if (kMeanSomething.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + '*';
}

ClientError unexpected() {
  return {ClientErrc::unexpected_reply, "the reply is no page of a scan", Executed::yes};
}

// As many of the replies as an element takes, which are removed.
template <class Element>
ClientResult<Element> take_element(std::span<const Reply>& replies) {
  constexpr std::size_t kTaken = std::is_same_v<Element, std::string> ? 1 : 2;
  if (replies.size() < kTaken) return unexpected();
  const auto taken = replies.first(kTaken);
  replies = replies.subspan(kTaken);
  const auto name = text_in(taken.front());
  if (!name) return unexpected();
  if constexpr (std::is_same_v<Element, std::string>) {
    return std::string(*name);
  } else if constexpr (std::is_same_v<Element, ScoredMember>) {
    const auto score = number_in(taken.back());
    if (!score) return unexpected();
    return ScoredMember{.member = std::string(*name), .score = *score};
  } else {
    const auto value = text_in(taken.back());
    if (!value) return unexpected();
    return Element(*name, *value);
  }
}

}  // namespace

class ScanPlace {
 public:
  ScanPlace(std::string_view command, std::string_view key, const ScanConfig& config)
      : before_{std::string(command)} {
    if (command != "SCAN") before_.emplace_back(key);
    if (!config.prefix.empty() && !config.match.empty()) {
      error_ = ClientError(ClientErrc::invalid_argument, "a scan by a prefix and a pattern");
    }
    if (!config.type.empty() && command != "SCAN") {
      error_ = ClientError(ClientErrc::invalid_argument, "a type of what is no key");
    }
    if (!config.prefix.empty()) add("MATCH", pattern_of(config.prefix));
    if (!config.match.empty()) add("MATCH", config.match);
    if (config.count != 0) add("COUNT", std::string(NumberWord(config.count)));
    if (!config.type.empty()) add("TYPE", config.type);
  }

  /// Nothing, or why no page can be asked for. Then nobody else can until `leave`.
  std::optional<ClientError> enter() {
    if (error_) return error_;
    if (busy_.exchange(true, std::memory_order_acquire)) {
      return ClientError(ClientErrc::invalid_argument, "another page of the scan is under way");
    }
    return std::nullopt;
  }
  void leave() noexcept { busy_.store(false, std::memory_order_release); }

  // Of whoever has entered.
  bool ended() const noexcept { return ended_; }
  Command<Reply> request() const {
    std::vector<std::string_view> words(before_.begin(), before_.end());
    words.emplace_back(cursor_);
    words.insert(words.end(), behind_.begin(), behind_.end());
    return Command<Reply>(std::span<const std::string_view>(words));
  }
  /// Goes on by what was answered, unless that is a failure.
  template <class Element>
  ClientResult<ScanPage<Element>> take(const ClientResult<Reply>& answer) {
    if (!answer) return answer.error();
    const auto parts = answer->elements();
    if (parts.size() != 2 || parts[1].kind() != ReplyKind::array) return unexpected();
    const auto cursor = text_in(parts[0]);
    if (!cursor) return unexpected();
    std::vector<Element> page;
    for (auto rest = parts[1].elements(); !rest.empty();) {
      QUARTZ_ASSIGN(Element element, take_element<Element>(rest));
      page.push_back(std::move(element));
    }
    ended_ = *cursor == kFirst;
    cursor_ = *cursor;
    return ScanPage<Element>(std::move(page));
  }

 private:
  void add(std::string_view option, std::string value) {
    behind_.emplace_back(option);
    behind_.push_back(std::move(value));
  }

  std::vector<std::string> before_;  // The cursor.
  std::vector<std::string> behind_;
  std::optional<ClientError> error_;
  std::atomic<bool> busy_{false};
  std::string cursor_{kFirst};
  bool ended_ = false;
};

template <class Element>
void start_page(Client& client, const std::shared_ptr<ScanPlace>& place,
                const RequestOptions& options, Handler<ScanPage<Element>> handler) {
  using Page = ScanPage<Element>;
  const asio::any_completion_executor own = client.get_executor();
  auto error = place->enter();
  if (error || place->ended()) {
    if (!error) place->leave();
    ClientResult<Page> result = error ? ClientResult<Page>(*std::move(error)) : Page();
    auto where = executor_of<Page>(own, handler);
    return run_later(client.get_executor(), std::move(where),
                     call_of<Page>(std::move(handler), std::move(result)));
  }
  const auto slot = handler.get_cancellation_slot();
  const auto where = asio::get_associated_executor(handler, own);
  auto answered = [place, handler = std::move(handler)](ClientResult<Reply> answer) mutable {
    auto page = place->take<Element>(answer);
    place->leave();
    std::move(handler)(std::move(page));
  };
  client.async_run(
      place->request(), options,
      asio::bind_cancellation_slot(slot, asio::bind_executor(where, std::move(answered))));
}

template <class Element>
ClientResult<ScanPage<Element>> wait_for_page(Client& client, ScanPlace& place,
                                              const RequestOptions& options) {
  if (auto error = place.enter()) return *std::move(error);
  ClientResult<ScanPage<Element>> page = ScanPage<Element>();
  if (!place.ended()) page = place.take<Element>(client.run(place.request(), options));
  place.leave();
  return page;
}

using Field = std::pair<std::string, std::string>;
template QUARTZ_EXPORT void start_page(Client&, const std::shared_ptr<ScanPlace>&,
                                       const RequestOptions&, Handler<ScanPage<std::string>>);
template QUARTZ_EXPORT void start_page(Client&, const std::shared_ptr<ScanPlace>&,
                                       const RequestOptions&, Handler<ScanPage<Field>>);
template QUARTZ_EXPORT void start_page(Client&, const std::shared_ptr<ScanPlace>&,
                                       const RequestOptions&, Handler<ScanPage<ScoredMember>>);
template QUARTZ_EXPORT ClientResult<ScanPage<std::string>> wait_for_page(Client&, ScanPlace&,
                                                                         const RequestOptions&);
template QUARTZ_EXPORT ClientResult<ScanPage<Field>> wait_for_page(Client&, ScanPlace&,
                                                                   const RequestOptions&);
template QUARTZ_EXPORT ClientResult<ScanPage<ScoredMember>> wait_for_page(Client&, ScanPlace&,
                                                                          const RequestOptions&);

}  // namespace client

ClientScan<std::string> scan(Client& client, const ScanConfig& config) {
  return {client, std::make_shared<client::ScanPlace>("SCAN", "", config)};
}

ClientScan<std::pair<std::string, std::string>> hscan(Client& client, std::string_view key,
                                                      const ScanConfig& config) {
  return {client, std::make_shared<client::ScanPlace>("HSCAN", key, config)};
}

ClientScan<std::string> sscan(Client& client, std::string_view key, const ScanConfig& config) {
  return {client, std::make_shared<client::ScanPlace>("SSCAN", key, config)};
}

ClientScan<ScoredMember> zscan(Client& client, std::string_view key, const ScanConfig& config) {
  return {client, std::make_shared<client::ScanPlace>("ZSCAN", key, config)};
}

}  // namespace quartz
