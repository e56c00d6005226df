#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::protocol {

/// What one request may be, so that a peer cannot make a server keep more than it wants to.
struct RespLimits {
  std::size_t arguments_max = std::size_t{1} << 20;
  std::size_t argument_bytes_max = std::size_t{512} << 20;
  std::size_t request_bytes_max = std::size_t{1} << 30;  ///< With all that stands around them.
  /// What a length beyond the first two is called: "invalid bulk length".
  std::string_view refusal = "invalid";

  /// Until a peer has said who it is.
  static constexpr RespLimits unauthenticated() noexcept {
    return {.arguments_max = 10,
            .argument_bytes_max = 16384,
            .request_bytes_max = 65536,
            .refusal = "unauthenticated"};
  }
};

/// Takes requests of the Redis protocol apart as they arrive: arrays of bulk strings, and lines
/// that people type ("inline commands"). Does no I/O. Work is linear in the bytes, however they are
/// cut into pieces, and memory in what has arrived, whatever lengths are announced.
/// (https://redis.io/docs/latest/develop/reference/protocol-spec)
///
/// Threads: one at a time.
class RespRequestParser {
 public:
  enum class Progress : std::uint8_t {
    complete,    ///< A whole request is there.
    incomplete,  ///< More bytes are needed.
    refused,  ///< The peer does not speak the protocol; nothing behind this place means anything.
  };

  explicit RespRequestParser(const RespLimits& limits = {}) noexcept : limits_(limits) {}
  /// For what comes from now on.
  void set_limits(const RespLimits& limits) noexcept { limits_ = limits; }

  /// Goes on with the request that `input` begins with: everything that has arrived behind the last
  /// complete one. Between two calls for one request the bytes stay, but may move.
  Progress advance(std::string_view input);

  /// Of a complete request: its words, as long as `input` stays where it is and until the next
  /// call. None for an empty line, which is answered with nothing.
  std::span<const std::string_view> arguments() const noexcept { return arguments_; }
  /// Bytes of `input` that the complete request takes.
  std::size_t consumed() const noexcept { return offset_; }
  /// How many bytes an incomplete request needs at least, so that room can be made for them.
  std::size_t bytes_needed() const noexcept { return bytes_needed_; }
  /// What a refused peer is told: "Protocol error: invalid bulk length".
  const std::string& refusal() const noexcept { return refusal_; }

 private:
  struct Range {
    std::size_t offset;
    std::size_t length;
  };
  enum class Form : std::uint8_t { unknown, array, line };

  void begin();
  Progress advance_array(std::string_view input);
  Progress advance_line(std::string_view input);
  std::optional<Progress> take_count(std::string_view input);
  std::optional<Progress> take_bulk_header(std::string_view input);
  std::optional<Progress> take_bulk(std::string_view input);
  std::optional<std::string_view> take_text_line(std::string_view input);
  Progress complete_array(std::string_view input);
  Progress need(std::size_t bytes) noexcept;
  Progress refuse(std::string_view why);

  RespLimits limits_;
  Form form_ = Form::unknown;
  bool ended_ = false;        // The request was complete: the next call begins another.
  std::size_t offset_ = 0;    // Everything before was understood.
  std::size_t searched_ = 0;  // No end of line stands before.
  std::size_t bytes_needed_ = 1;
  std::optional<std::size_t> count_;        // Of an array's words, once it is known.
  std::optional<std::size_t> bulk_length_;  // Of the word that is being read, likewise.
  std::vector<Range> ranges_;               // Of an array's words so far.
  std::vector<std::string> words_;          // Of a line.
  std::vector<std::string_view> arguments_;
  std::string refusal_;
};

}  // namespace quartz::protocol
