#include "options.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "failure.hpp"

namespace py = pybind11;

namespace quartz::python {
namespace {

std::string quoted(py::handle value) { return static_cast<std::string>(py::repr(value)); }

/// `value` as the choice of that name.
template <class Choice, std::size_t size>
Choice choice_of(py::handle value, const char* name,
                 const std::array<std::pair<const char*, Choice>, size>& choices) {
  std::string names;
  for (const auto& [choice_name, choice] : choices) {
    if (PyUnicode_Check(value.ptr()) && value.equal(py::str(choice_name))) return choice;
    names += std::string(names.empty() ? "" : ", ") + "'" + choice_name + "'";
  }
  if (!PyUnicode_Check(value.ptr())) {
    throw py::type_error(std::string(name) + " must be one of " + names + ", not " + quoted(value));
  }
  fail(Errc::invalid_argument,
       std::string(name) + " must be one of " + names + ", not " + quoted(value));
}

constexpr std::array<std::pair<const char*, Durability>, 3> kDurabilities = {
    {{"memory", Durability::memory}, {"process", Durability::process}, {"disk", Durability::disk}}};
constexpr std::array<std::pair<const char*, LogMedium>, 3> kLogMedia = {
    {{"automatic", LogMedium::automatic},
     {"mapped", LogMedium::mapped},
     {"file", LogMedium::file}}};

void set(bool& field, py::handle value, const char* name) { field = truth_of(value, name); }
void set(std::size_t& field, py::handle value, const char* name) {
  field = integer_of<std::size_t>(value, name);
}
void set(std::uint32_t& field, py::handle value, const char* name) {
  field = integer_of<std::uint32_t>(value, name);
}
void set(std::chrono::milliseconds& field, py::handle value, const char* name) {
  field = std::chrono::milliseconds(integer_of<std::int64_t>(value, name));
}
void set(Durability& field, py::handle value, const char* name) {
  field = choice_of(value, name, kDurabilities);
}
void set(LogMedium& field, py::handle value, const char* name) {
  field = choice_of(value, name, kLogMedia);
}

struct Option {
  const char* name;
  void (*set)(StorageConfig&, py::handle, const char*);
};

/// One member of the configuration, under its name.
template <auto member>
Option option(const char* name) {
  return {name, [](StorageConfig& config, py::handle value, const char* called) {
            set(config.*member, value, called);
          }};
}

const std::array<Option, 19>& options_of_storage() {
  using Config = StorageConfig;
  static const std::array<Option, 19> kOptions = {
      option<&Config::create_if_missing>("create_if_missing"),
      option<&Config::error_if_exists>("error_if_exists"),
      option<&Config::durability>("durability"),
      option<&Config::enable_wal>("enable_wal"),
      option<&Config::log_medium>("log_medium"),
      option<&Config::cache_size>("cache_size"),
      option<&Config::cache_bytes>("cache_bytes"),
      option<&Config::segment_bytes>("segment_bytes"),
      option<&Config::memtable_bytes>("memtable_bytes"),
      option<&Config::flush_interval>("flush_interval"),
      option<&Config::block_cache_bytes>("block_cache_bytes"),
      option<&Config::compaction_threshold>("compaction_threshold"),
      option<&Config::level0_files_max>("level0_files_max"),
      option<&Config::max_level_size>("max_level_size"),
      option<&Config::table_file_bytes>("table_file_bytes"),
      option<&Config::compaction_threads>("compaction_threads"),
      option<&Config::start_compaction>("start_compaction"),
      option<&Config::free_space_min_bytes>("free_space_min_bytes"),
      option<&Config::read_threads>("read_threads"),
  };
  return kOptions;
}

}  // namespace

bool truth_of(py::handle value, const char* name) {
  if (!PyBool_Check(value.ptr())) {
    throw py::type_error(std::string(name) + " must be True or False, not " + quoted(value));
  }
  return value.ptr() == Py_True;
}

std::uint64_t integer_of(py::handle value, const char* name, std::uint64_t maximum) {
  if (PyBool_Check(value.ptr()) || !PyIndex_Check(value.ptr())) {
    throw py::type_error(std::string(name) + " must be an integer, not " + quoted(value));
  }
  const auto integer = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()));
  if (!integer) throw py::error_already_set();
  const unsigned long long wide = PyLong_AsUnsignedLongLong(integer.ptr());
  const bool failed = PyErr_Occurred() != nullptr;
  PyErr_Clear();
  if (failed || wide > maximum) {
    fail(Errc::invalid_argument, std::string(name) + " is out of range: " + quoted(value));
  }
  return wide;
}

StorageConfig storage_config(const py::kwargs& options) {
  StorageConfig config;
  for (const auto& [name, value] : options) {
    const Option* found = nullptr;
    for (const Option& option : options_of_storage()) {
      if (name.equal(py::str(option.name))) found = &option;
    }
    if (found == nullptr) throw py::type_error("there is no option " + quoted(name));
    found->set(config, value, found->name);
  }
  return config;
}

std::optional<Durability> durability_of(py::handle value) {
  if (value.is_none()) return std::nullopt;
  return choice_of(value, "durability", kDurabilities);
}

RowAttributes attributes_of(const StorageEngine& engine, py::handle time_to_live) {
  if (time_to_live.is_none()) return {};
  const py::object seconds = py::hasattr(time_to_live, "total_seconds")
                                 ? time_to_live.attr("total_seconds")()
                                 : py::reinterpret_borrow<py::object>(time_to_live);
  if (PyBool_Check(seconds.ptr()) || PyNumber_Check(seconds.ptr()) == 0) {
    throw py::type_error("ttl must be seconds or a timedelta, not " + quoted(time_to_live));
  }
  const double milliseconds = py::float_(seconds).cast<double>() * 1000;
  // Millennia, far below where sums of times could wrap.
  if (!(milliseconds > 0) || !(milliseconds < 1e15)) {
    fail(Errc::invalid_argument,
         "ttl must be more than no time, and less than 1e12 seconds: " + quoted(time_to_live));
  }
  const auto whole = std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(milliseconds)));
  return {.expires_at = engine.now() + whole};
}

}  // namespace quartz::python
