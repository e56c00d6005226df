#pragma once

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

/// "memory", "process" or "disk"; nothing for None.
std::optional<Durability> durability_of(pybind11::handle value);

/// Of a row that lives for so long: seconds, or a `timedelta`. Of None: for ever.
RowAttributes attributes_of(const StorageEngine& engine, pybind11::handle time_to_live);

}  // namespace quartz::python
