#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "protocol/byte_reader.hpp"
#include "protocol/crc64.hpp"
#include "protocol/lzf.hpp"
#include "protocol/packed_items.hpp"
#include "protocol/redis_dump.hpp"
#include "protocol/redis_dump_form.hpp"

namespace quartz::protocol {
namespace {

using Items = std::vector<std::string>;
using Unpack = std::optional<Items> (*)(std::string_view bytes);

/// A length, or in which other form a string stands.
struct Length {
  std::uint64_t number = 0;
  bool is_special = false;
};

class DumpReader {
 public:
  explicit DumpReader(std::string_view bytes) noexcept : reader_(bytes) {}

  std::optional<std::uint8_t> take_byte() noexcept { return reader_.take_byte(); }
  std::optional<std::uint64_t> take_count() noexcept;
  std::optional<std::string> take_string();
  /// So many.
  std::optional<Items> take_strings(std::uint64_t count);
  /// A string that is the items of a collection.
  std::optional<Items> take_packed(Unpack unpack);
  std::optional<double> take_real() noexcept { return reader_.take_little<double>(); }
  std::optional<double> take_real_in_text();

 private:
  std::optional<Length> take_length() noexcept;
  std::optional<std::string> take_special(SpecialString form);
  std::optional<std::string> take_compressed();
  bool may_take(std::uint64_t bytes) noexcept;

  ByteReader reader_;
  std::size_t bytes_left_ = kDumpedValueBytesMax;  // Of memory, of what comes out.
};

std::optional<Length> DumpReader::take_length() noexcept {
  const auto first = reader_.take_byte();
  if (!first) return std::nullopt;
  const std::uint64_t low = *first & 0x3FU;
  switch (static_cast<DumpedLength>(*first >> 6U)) {
    case DumpedLength::bits_6:
      return Length{.number = low};
    case DumpedLength::bits_14: {
      const auto second = reader_.take_byte();
      if (!second) return std::nullopt;
      return Length{.number = low << 8U | *second};
    }
    case DumpedLength::special:
      return Length{.number = low, .is_special = true};
    case DumpedLength::whole:
      break;
  }
  if (*first == kLengthOf32Bits) {
    const auto number = reader_.take_big<std::uint32_t>();
    return number ? std::optional(Length{.number = *number}) : std::nullopt;
  }
  if (*first != kLengthOf64Bits) return std::nullopt;
  const auto number = reader_.take_big<std::uint64_t>();
  return number ? std::optional(Length{.number = *number}) : std::nullopt;
}

std::optional<std::uint64_t> DumpReader::take_count() noexcept {
  const auto length = take_length();
  if (!length || length->is_special || length->number == 0) return std::nullopt;
  return length->number;
}

bool DumpReader::may_take(std::uint64_t bytes) noexcept {
  if (bytes > bytes_left_) return false;
  bytes_left_ -= bytes;
  return true;
}

std::optional<std::string> DumpReader::take_compressed() {
  const auto compressed_size = take_length();
  const auto size = take_length();
  if (!compressed_size || compressed_size->is_special || !size || size->is_special) {
    return std::nullopt;
  }
  const auto bytes = reader_.take(compressed_size->number);
  if (!bytes || !may_take(size->number)) return std::nullopt;
  return from_lzf(*bytes, size->number);
}

std::optional<std::string> DumpReader::take_special(SpecialString form) {
  const auto text_of = [](const auto& number) {
    return number ? std::optional(std::to_string(*number)) : std::nullopt;
  };
  switch (form) {
    case SpecialString::bits_8:
      return text_of(reader_.take_little<std::int8_t>());
    case SpecialString::bits_16:
      return text_of(reader_.take_little<std::int16_t>());
    case SpecialString::bits_32:
      return text_of(reader_.take_little<std::int32_t>());
    case SpecialString::compressed:
      return take_compressed();
  }
  return std::nullopt;
}

std::optional<std::string> DumpReader::take_string() {
  const auto length = take_length();
  if (!length || !may_take(sizeof(std::string))) return std::nullopt;
  if (length->is_special) return take_special(static_cast<SpecialString>(length->number));
  const auto bytes = reader_.take(length->number);
  if (!bytes || !may_take(bytes->size())) return std::nullopt;
  return std::string(*bytes);
}

std::optional<Items> DumpReader::take_strings(std::uint64_t count) {
  Items items;
  for (; count > 0; --count) {
    auto item = take_string();
    if (!item) return std::nullopt;
    items.push_back(*std::move(item));
  }
  return items;
}

std::optional<Items> DumpReader::take_packed(Unpack unpack) {
  // The smallest items take two bytes each.
  constexpr std::uint64_t kUnpackedGrowth = sizeof(std::string) / 2;
  const auto bytes = take_string();
  if (!bytes || kUnpackedGrowth * bytes->size() > bytes_left_) return std::nullopt;
  auto items = unpack(*bytes);
  // Of what the piece has become; its own bytes are counted.
  if (!items || !may_take(items->size() * sizeof(std::string))) return std::nullopt;
  return items;
}

/// A score as it stands among texts.
std::optional<double> real_in(std::string_view text) {
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  double number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, number);
  if (failure != std::errc() || end != last) return std::nullopt;
  return number;
}

std::optional<double> DumpReader::take_real_in_text() {
  constexpr std::uint8_t kNotANumber = 253;
  constexpr std::uint8_t kInfinity = 254;
  constexpr std::uint8_t kMinusInfinity = 255;
  const auto size = reader_.take_byte();
  if (!size || *size == kNotANumber) return std::nullopt;
  if (*size == kInfinity) return std::numeric_limits<double>::infinity();
  if (*size == kMinusInfinity) return -std::numeric_limits<double>::infinity();
  const auto text = reader_.take(*size);
  return text ? real_in(*text) : std::nullopt;
}

/// Members that are told one by one, each before its score.
template <class TakeScore>
bool take_scored(DumpReader& reader, RedisValue& value, TakeScore take_score) {
  const auto count = reader.take_count();
  if (!count) return false;
  for (std::uint64_t i = 0; i < *count; ++i) {
    auto member = reader.take_string();
    const std::optional<double> score = member ? take_score() : std::nullopt;
    if (!score) return false;
    value.items.push_back(*std::move(member));
    value.scores.push_back(*score);
  }
  return true;
}

/// Takes the scores out from among the members.
bool part_scores(RedisValue& value, Items items) {
  if (items.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < items.size(); i += 2) {
    const auto score = real_in(items[i + 1]);
    if (!score) return false;
    value.items.push_back(std::move(items[i]));
    value.scores.push_back(*score);
  }
  return true;
}

/// What a form holds, and how to take its pieces apart if it is made of packed ones.
struct KnownForm {
  DumpedForm form;
  RedisValue::Kind kind;
  Unpack unpack = nullptr;
};

constexpr std::array kForms = {
    KnownForm{DumpedForm::string, RedisValue::Kind::string},
    KnownForm{DumpedForm::list, RedisValue::Kind::list},
    KnownForm{DumpedForm::set, RedisValue::Kind::set},
    KnownForm{DumpedForm::sorted_set_in_text, RedisValue::Kind::sorted_set},
    KnownForm{DumpedForm::hash, RedisValue::Kind::hash},
    KnownForm{DumpedForm::sorted_set, RedisValue::Kind::sorted_set},
    KnownForm{DumpedForm::list_in_ziplist, RedisValue::Kind::list, items_of_ziplist},
    KnownForm{DumpedForm::set_in_intset, RedisValue::Kind::set, items_of_intset},
    KnownForm{DumpedForm::sorted_set_in_ziplist, RedisValue::Kind::sorted_set, items_of_ziplist},
    KnownForm{DumpedForm::hash_in_ziplist, RedisValue::Kind::hash, items_of_ziplist},
    KnownForm{DumpedForm::list_of_ziplists, RedisValue::Kind::list, items_of_ziplist},
    KnownForm{DumpedForm::hash_in_listpack, RedisValue::Kind::hash, items_of_listpack},
    KnownForm{DumpedForm::sorted_set_in_listpack, RedisValue::Kind::sorted_set, items_of_listpack},
    KnownForm{DumpedForm::list_of_listpacks, RedisValue::Kind::list, items_of_listpack},
    KnownForm{DumpedForm::set_in_listpack, RedisValue::Kind::set, items_of_listpack},
};

/// A list in pieces. Those of the newer form say whether they are packed or one large value.
bool take_pieces(DumpReader& reader, RedisValue& value, const KnownForm& known) {
  constexpr std::uint64_t kOneValue = 1;
  constexpr std::uint64_t kPacked = 2;
  const auto count = reader.take_count();
  if (!count) return false;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const bool tells = known.form == DumpedForm::list_of_listpacks;
    const auto container = tells ? reader.take_count() : kPacked;
    if (container != kOneValue && container != kPacked) return false;
    auto items = container == kOneValue ? reader.take_strings(1) : reader.take_packed(known.unpack);
    if (!items) return false;
    std::ranges::move(*items, std::back_inserter(value.items));
  }
  return true;
}

bool take_one_by_one(DumpReader& reader, RedisValue& value) {
  std::optional<std::uint64_t> count = 1;
  if (value.kind != RedisValue::Kind::string) count = reader.take_count();
  if (!count || *count > std::numeric_limits<std::uint64_t>::max() / 2) return false;
  auto items = reader.take_strings(value.kind == RedisValue::Kind::hash ? 2 * *count : *count);
  if (!items) return false;
  value.items = *std::move(items);
  return true;
}

bool take_all_packed(DumpReader& reader, RedisValue& value, Unpack unpack) {
  auto items = reader.take_packed(unpack);
  if (!items) return false;
  if (value.kind == RedisValue::Kind::sorted_set) return part_scores(value, *std::move(items));
  value.items = *std::move(items);
  return true;
}

bool take_value(DumpReader& reader, RedisValue& value, const KnownForm& known) {
  value.kind = known.kind;
  switch (known.form) {
    case DumpedForm::sorted_set:
      return take_scored(reader, value, [&] { return reader.take_real(); });
    case DumpedForm::sorted_set_in_text:
      return take_scored(reader, value, [&] { return reader.take_real_in_text(); });
    case DumpedForm::list_of_ziplists:
    case DumpedForm::list_of_listpacks:
      return take_pieces(reader, value, known);
    default:
      return known.unpack == nullptr ? take_one_by_one(reader, value)
                                     : take_all_packed(reader, value, known.unpack);
  }
}

/// What `RedisValue` promises of its items.
bool is_sound(const RedisValue& value) {
  const bool paired = value.kind == RedisValue::Kind::hash;
  if (value.items.empty() || (paired && value.items.size() % 2 != 0)) return false;
  if (std::ranges::any_of(value.scores, [](double score) { return std::isnan(score); })) {
    return false;
  }
  if (value.kind == RedisValue::Kind::string || value.kind == RedisValue::Kind::list) return true;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < value.items.size(); i += paired ? 2 : 1) {
    names.push_back(value.items[i]);
  }
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end();
}

}  // namespace

bool is_redis_dump(std::string_view dump) noexcept {
  if (dump.size() < kDumpEndBytes) return false;
  ByteReader end(dump.substr(dump.size() - kDumpEndBytes));
  const auto version = end.take_little<std::uint16_t>();
  const auto checksum = end.take_little<std::uint64_t>();
  return version <= kDumpVersionReadMax &&
         checksum == crc64_of_jones(dump.substr(0, dump.size() - sizeof(std::uint64_t)));
}

std::optional<RedisValue> from_redis_dump(std::string_view dump) {
  if (dump.size() < kDumpEndBytes) return std::nullopt;
  DumpReader reader(dump.substr(0, dump.size() - kDumpEndBytes));
  const auto form = reader.take_byte();
  const auto* const known = std::ranges::find_if(
      kForms, [&](const KnownForm& one) { return form == static_cast<std::uint8_t>(one.form); });
  RedisValue value;
  if (known == kForms.end() || !take_value(reader, value, *known) || !is_sound(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace quartz::protocol
