#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_reply_parser.hpp"
#include "quartz/client/client_result.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/client/reply.hpp"

namespace quartz::client {

/// Goes through the nodes of a reply, past what is said about them.
class ReplyNodes {
 public:
  explicit ReplyNodes(std::span<const protocol::RespNode> nodes) noexcept : nodes_(nodes) {}

  /// The next node, behind which those follow that it holds; null at the end.
  const protocol::RespNode* take() noexcept;

 private:
  std::span<const protocol::RespNode> nodes_;
};

/// The text of an error reply; nothing of all others.
std::optional<std::string_view> error_text(std::span<const protocol::RespNode> reply) noexcept;

/// What a reply that is no error tells, or `unexpected_reply`. `T`: what commands are answered
/// with.
template <class T>
ClientResult<T> read_reply(std::span<const protocol::RespNode> reply);

/// The same of a string that is put into what is there already; false if there is none.
ClientResult<bool> read_string(std::span<const protocol::RespNode> reply, std::string& into);

/// The bytes of a string, which live as long as the reply; nothing of all others.
std::optional<std::string_view> text_in(const Reply& reply) noexcept;
/// A number, also one in words; nothing of all others.
std::optional<double> number_in(const Reply& reply) noexcept;

}  // namespace quartz::client
