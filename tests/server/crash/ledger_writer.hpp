#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace quartz::server {

/// A connection that writes steps one after another, and remembers what the server said of them:
/// the ledger, which no killed process holds. Every seventh step writes two keys in a transaction.
class LedgerWriter {
 public:
  explicit LedgerWriter(int number) : prefix_("w" + std::to_string(number) + ":") {}

  /// Writes until the connection ends. `port`: of the protocol of Redis.
  void run(std::uint16_t port, std::uint64_t seed);

  /// Steps so far. Any thread may ask.
  std::uint64_t sent() const noexcept { return sent_.load(); }
  std::uint64_t acknowledged() const noexcept { return acknowledged_.load(); }

  /// Expects to find all steps up to one, and nothing of later ones; that one is neither before
  /// `first` nor behind `last`. Which it is.
  std::uint64_t check(std::uint16_t port, std::uint64_t first, std::uint64_t last) const;
  /// The next step follows that one.
  void go_on_after(std::uint64_t step) { sent_ = acknowledged_ = step; }

 private:
  std::string slot(std::uint64_t step) const;
  std::string request_of_step(std::uint64_t step) const;
  std::vector<std::string> keys() const;
  std::uint64_t newest_step(const std::string& key, std::uint64_t last) const;

  std::string prefix_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> acknowledged_{0};
};

}  // namespace quartz::server
