#include "server/resp/monitors.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "server/resp/logged_words.hpp"
#include "server/resp/resp_client.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kEscaped = "\n\r\t\a\b";
constexpr std::string_view kLetters = "nrtab";

std::string line_of(const RespClient& client, const Command& command, Words arguments) {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  std::string line = fmt::format("+{}.{:06} [{} {}]", now / 1'000'000, now % 1'000'000,
                                 client.database().number, client.description().address);
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const bool secret = is_secret_word(command, arguments, index);
    line += ' ';
    line += quoted_word(secret ? kRedactedWord : arguments[index]);
  }
  return line + "\r\n";
}

}  // namespace

std::string quoted_word(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    const std::size_t escape = kEscaped.find(c);
    if (c == '\\' || c == '"') {
      text.append("\\").push_back(c);
    } else if (escape != std::string_view::npos) {
      text.append("\\").push_back(kLetters[escape]);
    } else if (c >= ' ' && c <= '~') {
      text += c;
    } else {
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text + "\"";
}

void Monitors::add(const std::shared_ptr<RespClient>& client) {
  remove(*client);
  MutexLock lock(mutex_);
  clients_.push_back(client);
  count_.store(clients_.size(), std::memory_order_relaxed);
}

void Monitors::remove(const RespClient& client) {
  // Whoever is let go here for the last time leaves by this function, too: behind the lock.
  std::vector<std::shared_ptr<RespClient>> seen;
  MutexLock lock(mutex_);
  std::erase_if(clients_, [&](const std::weak_ptr<RespClient>& each) {
    seen.push_back(each.lock());
    return !seen.back() || seen.back().get() == &client;
  });
  count_.store(clients_.size(), std::memory_order_relaxed);
}

void Monitors::tell(const RespClient& client, const Command& command, Words arguments) {
  // Who operates the server does so unwatched.
  if (command.is(CommandFlag::admin)) return;
  const std::string line = line_of(client, command, arguments);
  for (const auto& each : alive()) each->tell(line, nullptr);
}

std::vector<std::shared_ptr<RespClient>> Monitors::alive() {
  std::vector<std::shared_ptr<RespClient>> found;
  MutexLock lock(mutex_);
  for (const auto& each : clients_) {
    if (auto client = each.lock()) found.push_back(std::move(client));
  }
  return found;
}

}  // namespace quartz::server
