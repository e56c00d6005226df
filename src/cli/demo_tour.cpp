#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/demo.hpp"
#include "quartz/storage/scan_options.hpp"
#include "quartz/storage/snapshot.hpp"

namespace quartz::cli {
namespace {

// The first number in a text like "2603", "002603" or "0041 0042".
std::uint32_t code_point_of(std::string_view hexadecimal) {
  std::uint32_t code_point = 0;
  std::from_chars(hexadecimal.data(), hexadecimal.data() + hexadecimal.size(), code_point, 16);
  return code_point;
}

}  // namespace

// "☃  SNOWMAN (So)"
std::string Demo::described(std::string_view key, std::string_view record) const {
  return fmt::format("{}  {} ({})", console_.style().strong(glyph_of(code_point_of(key), record)),
                     field_of(record, 0), field_of(record, 1));
}

// One look-up with its time; a cut of the data may lack the character.
Result<void> Demo::show_code_point(std::string_view key) {
  const Stopwatch stopwatch;
  QUARTZ_ASSIGN(const auto record, engine_->get(*characters_, key));
  const auto elapsed = static_cast<double>(stopwatch.elapsed_ns());
  line("characters[{}] = {}   {}", key, record ? described(key, *record) : "not in this data",
       console_.style().faint(readable_nanoseconds(elapsed)));
  return {};
}

// By name to the code point, and from there to the record. A name may lead to several.
Result<void> Demo::show_name(std::string_view name) {
  const Stopwatch stopwatch;
  QUARTZ_ASSIGN(const auto code_points, engine_->get(*names_, name));
  if (!code_points) {
    line("names[{}] is not in this data", name);
    return {};
  }
  const std::string key = character_key(code_point_of(*code_points));
  QUARTZ_ASSIGN(const auto record, engine_->get(*characters_, key));
  const auto elapsed = static_cast<double>(stopwatch.elapsed_ns());
  line("names[{}] = {}, {}   {}", name, *code_points,
       record ? described(key, *record) : "no record",
       console_.style().faint(readable_nanoseconds(elapsed)));
  return {};
}

Result<void> Demo::look_up() {
  heading("Look characters up, by code point and by name");
  for (const std::uint32_t code_point : {0x3C0u, 0x2603u, 0x1F980u}) {
    QUARTZ_TRY(show_code_point(character_key(code_point)));
  }
  // A name, an alias and a cross reference are found the same way.
  for (const std::string_view name : {"SNOWMAN", "BANG", "INTERROBANG -> EXCLAMATION MARK"}) {
    QUARTZ_TRY(show_name(name));
  }
  return {};
}

// All glyphs under a prefix, in the order in which the scan meets them.
Result<std::string> Demo::glyphs_of_prefix(std::string_view prefix, bool reverse) const {
  std::string glyphs;
  Scan rows = engine_->scan({.prefix = prefix, .reverse = reverse, .keyspace = &*characters_});
  for (const auto& [key, record] : rows) {
    if (!glyphs.empty()) glyphs += ' ';
    glyphs += glyph_of(code_point_of(key), record);
  }
  if (rows.error()) return *rows.error();
  return glyphs;
}

Result<void> Demo::scan() {
  heading("Scan by prefix, forward and back");
  constexpr std::string_view kPrefix = "00219";  // U+2190 to U+219F, the front of the arrows.
  QUARTZ_ASSIGN(const std::string forward, glyphs_of_prefix(kPrefix, false));
  QUARTZ_ASSIGN(const std::string backward, glyphs_of_prefix(kPrefix, true));
  line("{}*  forward   {}", kPrefix, forward);
  line("{}*  backward  {}", kPrefix, backward);
  QUARTZ_ASSIGN(const auto block, engine_->get(*names_, "BLOCK Arrows"));
  if (!block || block->size() < 10) return {};
  // "2190..21FF": bounds that no prefix could give.
  const std::string first = character_key(code_point_of(std::string_view(*block).substr(0, 4)));
  const std::string past = character_key(code_point_of(std::string_view(*block).substr(6)) + 1);
  std::size_t rows = 0;
  const Stopwatch stopwatch;
  Scan scan = engine_->scan({.lower_bound = first, .upper_bound = past, .keyspace = &*characters_});
  for (auto row = scan.begin(); row != scan.end(); ++row) ++rows;
  if (scan.error()) return *scan.error();
  line("names[BLOCK Arrows] = {}: {} rows in {}", *block, rows,
       readable_nanoseconds(static_cast<double>(stopwatch.elapsed_ns())));
  return {};
}

// The snapshot is taken, the row changed and then removed, and the snapshot still has it.
Result<void> Demo::travel_back() {
  heading("Read a snapshot after an update");
  const std::string key = character_key(0x2603);
  const auto show = [&](std::string_view when, const Snapshot* snapshot) -> Result<void> {
    QUARTZ_ASSIGN(const auto record, engine_->get(*characters_, key, {.snapshot = snapshot}));
    line("{:<22} characters[{}] = {}", when, key, record ? described(key, *record) : "not there");
    return {};
  };
  const Snapshot snapshot = engine_->snapshot();
  QUARTZ_TRY(engine_->put(*characters_, key, "PUDDLE;So;0;ON;;;;;N;;;;;"));
  QUARTZ_TRY(show("after an update", nullptr));
  QUARTZ_TRY(engine_->remove(*characters_, key));
  QUARTZ_TRY(show("after a removal", nullptr));
  return show(fmt::format("snapshot at {}", grouped(snapshot.sequence())), &snapshot);
}

}  // namespace quartz::cli
