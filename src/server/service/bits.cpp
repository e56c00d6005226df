#include "server/service/bits.hpp"

#include <algorithm>
#include <string>

#include "base/try.hpp"
#include "server/service/strings.hpp"

namespace quartz::server::bits {
namespace {

/// A string while bits of it are changed.
struct Edited {
  std::optional<VisibleRow> old;
  std::string value;
  bool grown = false;  ///< Or new.
};

/// With room for bit number `offset_max`.
Result<Edited> edit(DatabaseView& view, std::string_view key, std::uint64_t offset_max) {
  QUARTZ_ASSIGN(auto old, view.find(RowKind::string, key));
  Edited edited{.old = std::move(old), .value = {}};
  if (edited.old) edited.value = edited.old->value;
  const std::size_t size = std::max<std::size_t>(edited.value.size(), offset_max / 8 + 1);
  QUARTZ_TRY(strings::check_size(size));
  edited.grown = !edited.old || size != edited.value.size();
  edited.value.resize(size, '\0');
  return edited;
}

void put(DatabaseView& view, std::string_view key, const Edited& edited) {
  view.put_string(key, edited.old, edited.value,
                  edited.old ? edited.old->attributes.expires_at : std::nullopt);
}

struct Outcome {
  std::optional<std::int64_t> answer;
  bool changed = false;
};

Outcome run_one(std::string& bytes, const FieldOperation& operation) {
  const std::int64_t old = read_bit_field(bytes, operation.offset, operation.type);
  if (operation.kind == FieldOperation::Kind::get) return {.answer = old};
  const bool adds = operation.kind == FieldOperation::Kind::add;
  const auto fitted = fit_bit_field(operation.type, adds ? old : operation.number,
                                    adds ? operation.number : 0, operation.overflow);
  if (!fitted) return {};
  write_bit_field(bytes, operation.offset, operation.type, *fitted);
  return {.answer = adds ? *fitted : old, .changed = *fitted != old};
}

/// The last bit that may be written; nothing if none is.
std::optional<std::uint64_t> last_written(std::span<const FieldOperation> operations) noexcept {
  std::optional<std::uint64_t> last;
  for (const FieldOperation& one : operations) {
    if (one.kind == FieldOperation::Kind::get) continue;
    last = std::max(last.value_or(0), one.offset + one.type.bits - 1);
  }
  return last;
}

}  // namespace

Result<bool> set(DatabaseView& view, std::string_view key, std::uint64_t offset, bool on) {
  QUARTZ_ASSIGN(Edited edited, edit(view, key, offset));
  const bool old = bit_at(edited.value, offset);
  if (!edited.grown && old == on) return old;
  put_bit(edited.value, offset, on);
  put(view, key, edited);
  view.announce(KeyEventClass::string, "setbit", key);
  return old;
}

Result<std::uint64_t> combine(DatabaseView& view, BitOperation operation, std::string_view target,
                              std::span<const std::string_view> keys) {
  std::vector<VisibleRow> rows;
  rows.reserve(keys.size());
  std::vector<std::string_view> operands;
  for (const std::string_view key : keys) {
    QUARTZ_ASSIGN(auto row, view.find(RowKind::string, key));
    if (!row) {
      operands.emplace_back();
      continue;
    }
    rows.push_back(*std::move(row));
    operands.push_back(rows.back().value);
  }
  const std::string result = combine_bits(operation, operands);
  QUARTZ_ASSIGN(const auto old, view.find(target));
  if (!result.empty()) {
    view.put_string(target, old, result);
    view.announce(KeyEventClass::string, "set", target);
  } else if (old) {
    view.erase(target, *old);
    view.announce(KeyEventClass::generic, "del", target);
  }
  return result.size();
}

Result<std::vector<std::optional<std::int64_t>>> run(DatabaseView& view, std::string_view key,
                                                     std::span<const FieldOperation> operations) {
  std::vector<std::optional<std::int64_t>> answers;
  const auto last = last_written(operations);
  if (!last) {
    QUARTZ_ASSIGN(const auto row, strings::get(view, key));
    const std::string_view bytes = row ? row->value : std::string_view();
    for (const FieldOperation& one : operations) {
      answers.emplace_back(read_bit_field(bytes, one.offset, one.type));
    }
    return answers;
  }
  QUARTZ_ASSIGN(Edited edited, edit(view, key, *last));
  bool changed = false;
  for (const FieldOperation& one : operations) {
    const Outcome outcome = run_one(edited.value, one);
    const bool writes = one.kind != FieldOperation::Kind::get && outcome.answer;
    changed = changed || outcome.changed || (writes && edited.grown);
    answers.push_back(outcome.answer);
  }
  if (changed || edited.grown) put(view, key, edited);
  if (changed) view.announce(KeyEventClass::string, "setbit", key);
  return answers;
}

}  // namespace quartz::server::bits
