#include "server/oracle/random_command.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "protocol/redis_dump.hpp"
#include "server/resp/command_table.hpp"

namespace quartz::server {
namespace {

/// The part of `text` before `separator` that stands in no brackets; takes both off its front.
std::string_view take_until(std::string_view& text, char separator) {
  int depth = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (depth == 0 && text[end] == separator) break;
    if (text[end] == '[') ++depth;
    if (text[end] == ']') --depth;
  }
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return part;
}

// With other words some commands draw at random, or depend on an order that Redis leaves open, and
// what both servers hold would not be the same any more. Others would let a key live so short that
// it matters when exactly a server looks, hold clients back for good, or tell what each server has
// measured.
bool may_be_spoiled(std::string_view form) {
  constexpr std::array<std::string_view, 7> kNames{"SPOP",   "WAIT",   "SLOWLOG", "LATENCY",
                                                   "CLIENT", "CONFIG", "MEMORY"};
  constexpr std::array<std::string_view, 5> kParts{"RAND", "<equal_key>", "<far", "<expiry>",
                                                   "ABSTTL"};
  const std::string_view name = form.substr(0, form.find(' '));
  return std::ranges::find(kNames, name) == kNames.end() &&
         std::ranges::none_of(kParts, [&](std::string_view part) {
           return form.find(part) != std::string_view::npos;
         });
}

bool is_bit_word(std::string_view name) {
  return name == "bytes" || name == "bit" || name == "place" || name == "field" ||
         name == "field_offset" || name == "number";
}

}  // namespace

const std::vector<std::string>& oracle_keys() {
  static const std::vector<std::string> keys = {"a",         "b",       "key:3", "key:4",
                                                "user:{5}x", "with sp", "g",     "h"};
  return keys;
}

RandomCommands::RandomCommands(std::uint64_t seed, std::string_view sorts) : random_(seed) {
  const std::string asked = "," + std::string(sorts) + ",";
  for (const CommandForms& sort : all_forms()) {
    const std::string name = "," + std::string(sort.name) + ",";
    if (sorts.empty() || asked.find(name) != std::string::npos) add(sort.forms);
  }
  if (!forms_.empty()) return;
  std::cerr << "no commands of the sorts " << sorts << "\n";
  std::abort();
}

void RandomCommands::add(std::span<const CommandForm> forms) {
  for (const CommandForm& form : forms) {
    const std::string_view name = form.words.substr(0, form.words.find(' '));
    if (CommandTable::all().find(name) == nullptr) continue;
    forms_.insert(forms_.end(), std::max(1u, 8 * form.weight), form);
  }
}

RandomCommand RandomCommands::next() {
  const CommandForm& form = forms_[random_.below(forms_.size())];
  RandomCommand command{.words = {}, .comparison = form.comparison};
  expand(form.words, command.words);
  if (random_.one_in(40) && may_be_spoiled(form.words)) spoil(command.words);
  return command;
}

void RandomCommands::expand(std::string_view form, std::vector<std::string>& words) {
  while (!form.empty()) {
    const std::string_view part = take_until(form, ' ');
    if (part.starts_with('[')) {
      std::string_view inside = part.substr(1, part.size() - 2);
      std::vector<std::string_view> choices;
      const bool may_be_nothing = inside.ends_with('|');
      while (!inside.empty()) choices.push_back(take_until(inside, '|'));
      if (may_be_nothing) choices.emplace_back();
      expand(choices[random_.below(choices.size())], words);
    } else if (part.starts_with('<')) {
      append(part.substr(1, part.size() - 2), words);
    } else if (!part.empty()) {
      words.emplace_back(part);
    }
  }
}

// A word too few, too many or of another sort; the name of the command, which may be another then,
// stays mostly.
void RandomCommands::spoil(std::vector<std::string>& words) {
  const std::size_t at =
      words.size() == 1 || random_.one_in(20) ? 0 : 1 + random_.below(words.size() - 1);
  switch (random_.below(4)) {
    case 0:
      if (words.size() > 1 && at > 0) words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 1:
      words.push_back(word("value"));
      break;
    case 2:
      if (at > 0) words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), words[at]);
      break;
    default:
      words[at] = at == 0 ? "NOCOMMAND" : word("value");
  }
}

std::string RandomCommands::one_of(std::initializer_list<std::string_view> words) {
  return std::string(words.begin()[random_.below(words.size())]);
}

void RandomCommands::append(std::string_view name, std::vector<std::string>& words) {
  const std::uint64_t count = 1 + random_.below(3);
  const auto repeat = [&](std::initializer_list<std::string_view> each) {
    for (std::uint64_t i = 0; i < count; ++i) {
      for (const std::string_view one : each) words.push_back(word(one));
    }
  };
  if (name == "keys") {
    repeat({"key"});
  } else if (name == "numbered_keys") {
    words.push_back(random_.one_in(30) ? word("integer") : std::to_string(count));
    repeat({"key"});
  } else if (name == "key_values") {
    repeat({"key", "value"});
  } else if (name == "members") {
    repeat({"member"});
  } else if (name == "field_values") {
    repeat({"member", "value"});
  } else if (name == "scored") {
    repeat({"score", "member"});
  } else if (name == "expiry") {
    expand("[EX <far>|PX <far_ms>|EXAT <second>|PXAT <millisecond>|EX 0|PX -1|EX x]", words);
  } else if (name == "field_operations") {
    for (std::uint64_t i = 0; i < count; ++i) {
      expand(
          "[GET <field> <field_offset>|SET <field> <field_offset> <number>|OVERFLOW "
          "[WRAP|SAT|FAIL|FAIL|x]|INCRBY <field> <field_offset> <number>]",
          words);
    }
  } else {
    words.push_back(word(name));
  }
}

// One that both servers take mostly.
std::string RandomCommands::dump() {
  using Kind = protocol::RedisValue::Kind;
  static const std::vector<protocol::RedisValue> values = {
      {.kind = Kind::string, .items = {"restored"}},
      {.kind = Kind::string, .items = {"-123456"}},
      {.kind = Kind::list, .items = {"1", "two", ""}},
      {.kind = Kind::set, .items = {"m1", "4"}},
      {.kind = Kind::sorted_set, .items = {"m2", "x"}, .scores = {1.5, -3}},
      {.kind = Kind::hash, .items = {"m1", "value", "4", "7"}},
      {.kind = Kind::set, .items = {"twice", "twice"}},
      {.kind = Kind::hash, .items = {}}};
  std::string bytes = protocol::redis_dump_of(values[random_.below(values.size())]);
  if (random_.one_in(10)) bytes[random_.below(bytes.size())] ^= '\x10';
  return bytes;
}

std::string RandomCommands::bit_word(std::string_view name) {
  if (name == "bytes") {
    std::string bytes(random_.below(20), '\0');
    const auto all = random_.one_in(3) ? std::optional(random_.one_in(2)) : std::nullopt;
    for (char& byte : bytes) byte = static_cast<char>(all ? (*all ? 0xFF : 0) : random_.below(256));
    return bytes;
  }
  const bool odd = random_.one_in(20);
  if (name == "bit") {
    return odd ? one_of({"-1", "x", "4294967296", "01", "9223372036854775807"})
               : std::to_string(random_.below(170));
  }
  if (name == "place") {
    return odd ? word("integer") : std::to_string(static_cast<int>(random_.below(60)) - 30);
  }
  if (name == "field") {
    return odd ? one_of({"u64", "i65", "i0", "x", "", "u", "u-1", "U8"})
               : one_of({"i8", "u8", "i64", "u63", "i1", "u1", "i16", "u5", "i33", "u32", "i2"});
  }
  if (name == "field_offset") {
    if (odd) return one_of({"-1", "x", "#x", "#-1", "#", "#9223372036854775807", "99999999999"});
    return (random_.one_in(2) ? "#" : "") + std::to_string(random_.below(20));
  }
  return random_.one_in(4) ? word("integer")
                           : std::to_string(static_cast<int>(random_.below(600)) - 300);
}

std::string RandomCommands::word(std::string_view name) {
  if (name == "key") return oracle_keys()[random_.below(oracle_keys().size())];
  if (name == "equal_key") return one_of({"equal:1", "equal:2"});
  if (name == "value") {
    if (random_.one_in(2)) return word("integer");
    if (random_.one_in(3)) return word("real");
    if (random_.one_in(20)) return std::string(random_.below(9000), 'x');
    return one_of({"", "text", "a b", "\r\n", std::string_view("\0\xFF", 2), "nan", "0x10", "OK"});
  }
  if (name == "integer") {
    if (random_.one_in(12)) {
      return one_of({"9223372036854775807", "-9223372036854775808", "9223372036854775808", "01",
                     "+1", " 1", "1 ", "", "x", "-0", "-", "9007199254740993"});
    }
    return std::to_string(static_cast<std::int64_t>(random_.below(200)) - 100);
  }
  if (name == "real") {
    if (random_.one_in(8)) {
      return one_of({"inf", "-inf", "nan", "1e400", "1e-400", "0x1p3", " 1.5", "1.5 ", "", "x",
                     "1e17", "-1e17", "1e-17", "123456789012345678.5", "1e300", "-0.0"});
    }
    return one_of({"0.1", "-0.2", "3.0e2", "10.5", "1.25", "-7", "0.333333333333333", "2", "1e5",
                   "0.0001", "100.10"});
  }
  if (name == "index" || name == "count") {
    if (random_.one_in(25)) return word("integer");
    return std::to_string(static_cast<std::int64_t>(random_.below(9)) - (name == "count" ? 0 : 4));
  }
  if (name == "member") {
    return one_of({"m1", "m2", "m3", "4", "5", "-6", "", "a b", "m9", "x", "0.5", "010"});
  }
  if (name == "score") {
    return one_of({"0", "1", "2", "2.5", "-3", "-0.5", "10", "7", "inf", "-inf", "nan", "x", "1e3",
                   "-0", "0x10", "3", "4"});
  }
  if (name == "bound") {
    return one_of({"-inf", "+inf", "0", "1", "(1", "(2.5", "3", "-1", "10", "(x", "", "inf"});
  }
  if (name == "byte_bound") {
    return one_of({"-", "+", "[m1", "(m1", "[m3", "(m2", "[", "(x", "m1", "[a"});
  }
  if (name == "pattern") {
    return one_of({"key:*", "*", "*->m1", "*->4", "user:*x", "key:*->m2", "a*->"});
  }
  if (name == "told") return random_.one_in(4) ? one_of({"#", "key:4", ""}) : word("pattern");
  if (name == "dump") return dump();
  if (is_bit_word(name)) return bit_word(name);
  // Times are so far apart that it does not matter when exactly a server counts from.
  if (name == "far") return std::to_string(100'000 + 1'000 * random_.below(9));
  if (name == "far_ms") return std::to_string(100'000'000 + 1'000'000 * random_.below(9));
  if (name == "second") return std::to_string(4'000'000'000 + random_.below(4));
  if (name == "millisecond") return std::to_string(4'000'000'000'000 + 499 * random_.below(4));
  if (name == "database") return one_of({"0", "0", "0", "1", "2", "15", "16", "-1", "x"});
  if (name == "glob") return one_of({"*", "key:*", "?", "*[0-9]*", "nothing", "[^a]", "m*", "\\a"});
  if (name == "type") return one_of({"string", "hash", "list", "set", "zset", "bogus"});
  std::cerr << "no words for <" << name << ">\n";
  std::abort();
}

}  // namespace quartz::server
