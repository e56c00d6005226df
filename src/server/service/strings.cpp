#include "server/service/strings.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/service/number_text.hpp"

namespace quartz::server::strings {
namespace {

using When = SetOptions::When;

}  // namespace

Result<void> check_size(std::size_t bytes) {
  if (bytes <= kValueBytesMax) return {};
  return Error(Errc::invalid_argument, "string exceeds maximum allowed size (proto-max-bulk-len)");
}

Result<std::optional<VisibleRow>> get(DatabaseView& view, std::string_view key,
                                      Transaction::Look look) {
  return view.find(RowKind::string, key, look);
}

Result<SetOutcome> set(DatabaseView& view, std::string_view key, std::string_view value,
                       const SetOptions& options) {
  QUARTZ_TRY(check_size(value.size()));
  const bool plain = options.when == When::always && !options.expires_at && !options.keep_expiry &&
                     !options.tell_old;
  if (plain && view.strings_only()) {
    QUARTZ_TRY(view.put_string_blindly(key, value));
    return SetOutcome{.written = true};
  }
  QUARTZ_ASSIGN(const std::optional<VisibleRow> old,
                options.tell_old ? view.find(RowKind::string, key) : view.find(key));
  SetOutcome outcome;
  if (options.tell_old && old) outcome.old = std::string(old->value);
  if (old ? options.when == When::absent : options.when == When::exists) return outcome;
  std::optional<ExpiryTime> expires_at = options.expires_at;
  if (options.keep_expiry && old) expires_at = old->attributes.expires_at;
  view.put_string(key, old, value, expires_at);
  view.announce(KeyEventClass::string, "set", key);
  if (options.expires_at) view.announce(KeyEventClass::generic, "expire", key);
  outcome.written = true;
  return outcome;
}

Result<std::int64_t> increment(DatabaseView& view, std::string_view key, std::int64_t by) {
  QUARTZ_ASSIGN(const std::optional<VisibleRow> old, view.find(RowKind::string, key));
  std::int64_t number = 0;
  if (old) {
    const auto stored = integer_in(old->value);
    if (!stored) {
      return Error(Errc::invalid_argument, "value is not an integer or out of range");
    }
    number = *stored;
  }
  if (__builtin_add_overflow(number, by, &number)) {
    return Error(Errc::invalid_argument, "increment or decrement would overflow");
  }
  view.put_string(key, old, fmt::format_int(number).c_str(),
                  old ? old->attributes.expires_at : std::nullopt);
  view.announce(KeyEventClass::string, "incrby", key);
  return number;
}

Result<std::string> increment_real(DatabaseView& view, std::string_view key, long double by) {
  QUARTZ_ASSIGN(const std::optional<VisibleRow> old, view.find(RowKind::string, key));
  long double number = 0;
  if (old) {
    const auto stored = real_in(old->value);
    if (!stored) return Error(Errc::invalid_argument, "value is not a valid float");
    number = *stored;
  }
  number += by;
  if (std::isnan(number) || std::isinf(number)) {
    return Error(Errc::invalid_argument, "increment would produce NaN or Infinity");
  }
  std::string text = text_of(number);
  view.put_string(key, old, text, old ? old->attributes.expires_at : std::nullopt);
  view.announce(KeyEventClass::string, "incrbyfloat", key);
  return text;
}

Result<std::size_t> append(DatabaseView& view, std::string_view key, std::string_view suffix) {
  QUARTZ_ASSIGN(const std::optional<VisibleRow> old, view.find(RowKind::string, key));
  std::string value(old ? old->value : std::string_view());
  QUARTZ_TRY(check_size(value.size() + suffix.size()));
  value += suffix;
  view.put_string(key, old, value, old ? old->attributes.expires_at : std::nullopt);
  view.announce(KeyEventClass::string, "append", key);
  return value.size();
}

Result<std::string> range(DatabaseView& view, std::string_view key, std::int64_t first,
                          std::int64_t last) {
  QUARTZ_ASSIGN(const std::optional<VisibleRow> row, get(view, key));
  if (!row) return std::string();
  const auto size = static_cast<std::int64_t>(row->value.size());
  if (first < 0 && last < 0 && first > last) return std::string();
  if (first < 0) first = std::max<std::int64_t>(0, size + first);
  if (last < 0) last = std::max<std::int64_t>(0, size + last);
  last = std::min(last, size - 1);
  if (first > last || size == 0) return std::string();
  return std::string(row->value.substr(static_cast<std::size_t>(first),
                                       static_cast<std::size_t>(last - first + 1)));
}

Result<std::size_t> set_range(DatabaseView& view, std::string_view key, std::size_t offset,
                              std::string_view bytes) {
  QUARTZ_ASSIGN(const std::optional<VisibleRow> old, view.find(RowKind::string, key));
  std::string value(old ? old->value : std::string_view());
  if (bytes.empty()) return value.size();
  if (offset > kValueBytesMax) return check_size(offset).error();
  QUARTZ_TRY(check_size(offset + bytes.size()));
  if (value.size() < offset + bytes.size()) value.resize(offset + bytes.size(), '\0');
  value.replace(offset, bytes.size(), bytes);
  view.put_string(key, old, value, old ? old->attributes.expires_at : std::nullopt);
  view.announce(KeyEventClass::string, "setrange", key);
  return value.size();
}

}  // namespace quartz::server::strings
