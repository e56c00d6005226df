#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::protocol {

/// What a node of a reply is: the byte that it begins with.
enum class RespType : char {
  simple = '+',
  error = '-',
  integer = ':',
  bulk = '$',
  array = '*',
  null = '_',  ///< Also the bulk strings and arrays of RESP2 that have a length of -1.
  boolean = '#',
  real = ',',
  big_number = '(',
  bulk_error = '!',
  verbatim = '=',
  map = '%',
  set = '~',
  push = '>',
  attribute = '|',  ///< Says something about the node behind it, and is none of its siblings.
};

/// Whether it holds other nodes.
bool is_aggregate(RespType type) noexcept;

/// One value of a reply, or the beginning of one that holds others.
struct RespNode {
  RespType type = RespType::null;
  std::uint32_t depth = 0;   ///< 0: the reply itself, or an attribute of it.
  std::size_t children = 0;  ///< Of an aggregate: keys and values each count.
  std::string_view text;     ///< Of all others: what stands in the line, or the bytes.

  bool operator==(const RespNode&) const = default;
};

/// What a reply may be. It comes from a server that was chosen, but lengths are not believed before
/// the bytes are there.
struct RespReplyLimits {
  std::size_t nodes_max = std::size_t{1} << 24;
  std::size_t bytes_max = std::size_t{1} << 30;
  std::uint32_t depth_max = 32;
};

/// Takes replies of the Redis protocol apart as they arrive, in both versions. Does no I/O, and
/// allocates nothing once it has seen a reply of the same size. Work is linear in the bytes.
/// (https://redis.io/docs/latest/develop/reference/protocol-spec)
///
/// Threads: one at a time.
class RespReplyParser {
 public:
  enum class Progress : std::uint8_t {
    complete,    ///< A whole reply is there.
    incomplete,  ///< More bytes are needed.
    refused,     ///< These bytes are no reply; nothing behind this place means anything.
  };

  explicit RespReplyParser(const RespReplyLimits& limits = {}) noexcept : limits_(limits) {}

  /// Goes on with the reply that `input` begins with: everything that has arrived behind the last
  /// complete one. Between two calls for one reply the bytes stay, but may move.
  Progress advance(std::string_view input);

  /// Of a complete reply: the reply, and behind each aggregate the nodes that it holds; as long as
  /// `input` stays where it is and until the next call.
  std::span<const RespNode> nodes() const noexcept { return nodes_; }
  /// Bytes of `input` that the complete reply takes.
  std::size_t consumed() const noexcept { return offset_; }
  /// Why it was refused: "unknown type 'x' at byte 12".
  const std::string& refusal() const noexcept { return refusal_; }

 private:
  struct Range {
    std::size_t offset;
    std::size_t length;
  };

  void begin();
  std::optional<Progress> take_node(std::string_view input);
  std::optional<Progress> take_line_node(RespType type, std::string_view line);
  std::optional<Progress> take_bytes(std::string_view input);
  std::optional<Progress> take_aggregate(RespType type, std::int64_t count);
  void add(RespType type, std::size_t children, Range text);
  void close_finished();
  Progress complete(std::string_view input);
  Progress refuse(std::string_view why);

  RespReplyLimits limits_;
  bool ended_ = false;                  // The reply was complete: the next call begins another.
  std::size_t offset_ = 0;              // Everything before was understood.
  std::size_t searched_ = 0;            // No end of line stands before.
  std::optional<RespType> bytes_type_;  // Of a node whose bytes are awaited, and how many.
  std::size_t bytes_length_ = 0;
  std::vector<std::size_t> open_;  // How many nodes are missing on each level.
  std::vector<RespNode> nodes_;
  std::vector<Range> ranges_;  // Where their texts are.
  std::string refusal_;
};

}  // namespace quartz::protocol
