#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::cli {

/// A name of something and the code points that it leads to, in hexadecimal with spaces between.
struct UnicodeName {
  std::string name;
  std::string code_points;
};

/// What the Unicode Character Database says about one code point.
struct UnicodeEntry {
  std::string record;  ///< The fields of UnicodeData.txt after the first; empty if it has none.
  std::vector<UnicodeName> names;
};

/// The files `UnicodeData.txt` and `NamesList.txt` as rows for two keyspaces.
struct UnicodeData {
  std::map<std::uint32_t, UnicodeEntry> entries;  ///< By code point.
  std::size_t record_count = 0;     ///< Lines of the files that became rows or parts of rows.
  std::size_t character_count = 0;  ///< Entries with a record.
  std::size_t name_count = 0;       ///< Different names in all.
};

/// Reads both files of `directory`. Names are those of UnicodeData.txt and, of NamesList.txt,
///   aliases           in capitals: "SNOWY WEATHER"
///   cross references  "INTERROBANG -> EXCLAMATION MARK"
///   blocks            "BLOCK Arrows", which leads to "2190..21FF".
/// A name of several code points is one entry. Errors: `not_found` naming the missing file;
/// `invalid_argument` with file and line.
Result<UnicodeData> read_unicode_data(const std::filesystem::path& directory);

/// The key of a code point: six hexadecimal digits, so that byte order is code point order.
std::string character_key(std::uint32_t code_point);

/// Field `index` of a record, 0 being the name.
std::string_view field_of(std::string_view record, std::size_t index) noexcept;

/// The code point as UTF-8; a dotted circle in front of a mark that needs something to stand on;
/// "·" for what cannot be shown.
std::string glyph_of(std::uint32_t code_point, std::string_view record);

}  // namespace quartz::cli
