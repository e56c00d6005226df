#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "protocol/resp_reply_parser.hpp"

namespace quartz::server {

/// How texts in replies are written.
enum class ReplyTexts : std::uint8_t {
  plain,   ///< As strings where they are UTF-8, else `{"b64": "…"}`.
  base64,  ///< All in base64, but for the status OK, which clients expect as it is.
};

/// Appends a whole reply of the Redis protocol as JSON. Maps become arrays of keys and values in
/// turn, numbers that JSON does not have become strings.
void append_reply(std::string& to, std::span<const protocol::RespNode> reply, ReplyTexts texts);

/// Appends `{"result": …}`, or `{"error": "…"}` if the reply is an error.
void append_outcome(std::string& to, std::span<const protocol::RespNode> reply, ReplyTexts texts);

/// The same for each element of an array: `[{"result": …}, …]`.
void append_outcomes(std::string& to, std::span<const protocol::RespNode> array, ReplyTexts texts);

bool is_error(std::span<const protocol::RespNode> reply) noexcept;

/// `{"error": "…"}`.
std::string error_outcome(std::string_view why);

}  // namespace quartz::server
