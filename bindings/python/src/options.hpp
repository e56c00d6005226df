#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <pybind11/pybind11.h>

#include "quartz/storage/durability.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz::python {

/// The configuration that keyword arguments of `quartz.open` ask for: the names and units of
/// `StorageConfig`. TypeError for a name that it does not have, and for a value of another type.
StorageConfig storage_config(const pybind11::kwargs& options);

/// The value of the argument `name`: True or False. TypeError for everything else.
bool truth_of(pybind11::handle value, const char* name);

/// A whole number. TypeError for everything else, `invalid_argument` for one out of range.
std::uint64_t integer_of(pybind11::handle value, const char* name, std::uint64_t maximum);
template <class Integer>
Integer integer_of(pybind11::handle value, const char* name) {
  constexpr auto kMaximum = static_cast<std::uint64_t>(std::numeric_limits<Integer>::max());
  return static_cast<Integer>(integer_of(value, name, kMaximum));
}

/// "memory", "process" or "disk"; nothing for None.
std::optional<Durability> durability_of(pybind11::handle value);

/// Of a row that lives for so long: seconds, or a `timedelta`. Of None: for ever.
RowAttributes attributes_of(const StorageEngine& engine, pybind11::handle time_to_live);

}  // namespace quartz::python
