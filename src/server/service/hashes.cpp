#include "server/service/hashes.hpp"

#include <cmath>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/service/number_text.hpp"

namespace quartz::server::hashes {
namespace {

// A hash that is about to be written, and one of its fields.
struct FieldToWrite {
  CollectionHead head;
  std::optional<VisibleRow> old;
};

Result<FieldToWrite> find_for_writing(DatabaseView& view, std::string_view key,
                                      std::string_view field) {
  QUARTZ_TRY(members::check_sizes({&field, 1}));
  FieldToWrite found;
  QUARTZ_ASSIGN(found.head, members::head_for_writing(view, RowKind::hash, key));
  if (found.head.count != 0) {
    QUARTZ_ASSIGN(found.old, view.find_element(found.head, field));
  }
  return found;
}

Result<void> write(DatabaseView& view, std::string_view key, FieldToWrite& found,
                   const Field& field, std::string_view event) {
  if (!found.old) ++found.head.count;
  QUARTZ_TRY(view.put_head(RowKind::hash, key, found.head));
  view.put_element(found.head, field.name, field.value);
  view.announce(KeyEventClass::hash, event, key);
  return {};
}

}  // namespace

Result<std::uint64_t> put(DatabaseView& view, std::string_view key, std::span<const Field> fields) {
  std::vector<std::string_view> names;
  names.reserve(fields.size());
  for (const Field& field : fields) names.push_back(field.name);
  QUARTZ_TRY(members::check_sizes(names));
  QUARTZ_ASSIGN(CollectionHead head, members::head_for_writing(view, RowKind::hash, key));
  QUARTZ_ASSIGN(const auto added, members::absent(view, head, names));
  head.count += added.size();
  QUARTZ_TRY(view.put_head(RowKind::hash, key, head));
  for (const Field& field : fields) view.put_element(head, field.name, field.value);
  view.announce(KeyEventClass::hash, "hset", key);
  return added.size();
}

Result<bool> put_if_absent(DatabaseView& view, std::string_view key, const Field& field) {
  QUARTZ_ASSIGN(FieldToWrite found, find_for_writing(view, key, field.name));
  if (found.old) return false;
  QUARTZ_TRY(write(view, key, found, field, "hset"));
  return true;
}

Result<std::optional<VisibleRow>> get(DatabaseView& view, std::string_view key,
                                      std::string_view field) {
  return members::find(view, RowKind::hash, key, field);
}

Result<std::vector<std::optional<VisibleRow>>> get_each(DatabaseView& view, std::string_view key,
                                                        std::span<const std::string_view> fields) {
  return members::find_each(view, RowKind::hash, key, fields);
}

Result<ElementRange> all(DatabaseView& view, std::string_view key) {
  return members::all(view, RowKind::hash, key);
}

Result<std::uint64_t> count(DatabaseView& view, std::string_view key) {
  return members::count(view, RowKind::hash, key);
}

Result<std::uint64_t> remove(DatabaseView& view, std::string_view key,
                             std::span<const std::string_view> fields) {
  return members::remove(view, RowKind::hash, key, fields,
                         {.what = KeyEventClass::hash, .event = "hdel"});
}

Result<std::int64_t> increment(DatabaseView& view, std::string_view key, std::string_view field,
                               std::int64_t by) {
  QUARTZ_ASSIGN(FieldToWrite found, find_for_writing(view, key, field));
  std::int64_t number = 0;
  if (found.old) {
    const auto stored = integer_in(found.old->value);
    if (!stored) return Error(Errc::invalid_argument, "hash value is not an integer");
    number = *stored;
  }
  if (__builtin_add_overflow(number, by, &number)) {
    return Error(Errc::invalid_argument, "increment or decrement would overflow");
  }
  const fmt::format_int text(number);
  QUARTZ_TRY(write(view, key, found, {.name = field, .value = text.c_str()}, "hincrby"));
  return number;
}

Result<std::string> increment_real(DatabaseView& view, std::string_view key, std::string_view field,
                                   long double by) {
  QUARTZ_ASSIGN(FieldToWrite found, find_for_writing(view, key, field));
  long double number = 0;
  if (found.old) {
    const auto stored = real_in(found.old->value);
    if (!stored) return Error(Errc::invalid_argument, "hash value is not a float");
    number = *stored;
  }
  number += by;
  if (std::isnan(number) || std::isinf(number)) {
    return Error(Errc::invalid_argument, "increment would produce NaN or Infinity");
  }
  std::string text = text_of(number);
  QUARTZ_TRY(write(view, key, found, {.name = field, .value = text}, "hincrbyfloat"));
  return text;
}

}  // namespace quartz::server::hashes
