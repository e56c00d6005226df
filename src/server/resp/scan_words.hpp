#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"
#include "server/service/row_kind.hpp"

namespace quartz::server {

/// What SCAN and its like for elements are asked.
struct ScanWords {
  std::string from;  ///< Where the page begins; empty: at the first.
  std::size_t count = 10;
  std::optional<std::string_view> pattern;
  std::optional<std::string_view> type;
};

/// Reads the cursor at `arguments[cursor_word]` and the options behind it.
/// "invalid cursor" for one that was never given out, or too long ago.
Result<ScanWords> read_scan_words(CommandCall& call, std::size_t cursor_word);

/// The same for a scan of what the key `arguments[1]` holds, with the cursor behind it. Without the
/// key there is nothing to go on with: then the reply, an empty page, is written.
Result<std::optional<ScanWords>> read_element_scan_words(CommandCall& call, RowKind kind);

/// Writes the page's two parts: the cursor that leads on, and `count` items, which follow.
Result<void> begin_scan_reply(CommandCall& call, const std::optional<std::string>& next,
                              std::size_t count);

}  // namespace quartz::server
