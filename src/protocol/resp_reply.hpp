#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quartz::protocol {

/// What a connection has agreed on with HELLO.
enum class RespVersion : std::uint8_t { resp2 = 2, resp3 = 3 };

/// Appends replies of the Redis protocol to a buffer, in the version that the peer understands: in
/// RESP2, what only RESP3 has becomes what Redis makes of it there.
///
/// A reply that holds others is begun with how many there are, and those are appended behind it.
/// Threads: one at a time.
class RespReplyWriter {
 public:
  RespReplyWriter(std::string& buffer, RespVersion version) noexcept
      : buffer_(buffer), version_(version) {}

  RespVersion version() const noexcept { return version_; }
  /// Another writer to the same buffer.
  RespReplyWriter as(RespVersion version) const noexcept { return {buffer_, version}; }

  /// "OK" and the like. What would end the line becomes a space, here and in errors, where it is
  /// left out at the end.
  void simple(std::string_view text);
  /// With its code in front: "WRONGTYPE …". One without a code of Redis's gets "ERR".
  void error(std::string_view message);
  void integer(std::int64_t number);
  /// Any bytes.
  void bulk(std::string_view bytes);
  /// Seventeen digits, which are enough to read the same number back; infinities are "inf" and
  /// "-inf".
  void real(double number);
  /// 1 or 0 in RESP2.
  void boolean(bool truth);
  /// Nothing, in place of a text and of an array: RESP2 tells the two apart.
  void null();
  void null_array();
  /// Text that people read as it is.
  void verbatim(std::string_view text);

  void array(std::size_t count);
  /// So many pairs of a key and a value: an array of all of them in RESP2.
  void map(std::size_t pairs);
  void set(std::size_t count);
  /// Not an answer, but what the peer has asked to be told.
  void push(std::size_t count);
  /// Replies that another writer of the same version has written.
  void raw(std::string_view replies) { buffer_ += replies; }

 private:
  void header(char type, std::uint64_t count);
  void line(char type, std::string_view text);
  bool is_resp3() const noexcept { return version_ == RespVersion::resp3; }

  std::string& buffer_;
  RespVersion version_;
};

}  // namespace quartz::protocol
