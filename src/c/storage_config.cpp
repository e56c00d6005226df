#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>

#include "base/try.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"

namespace quartz::c {
namespace {

Result<void> set(std::unsigned_integral auto& option, std::string_view text) {
  auto number = option;  // What begins with one would change the option, although it is refused.
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    option = number;
    return {};
  }
  return Error(Errc::invalid_argument, "takes a number, not '" + std::string(text) + "'");
}

Result<void> set(bool& option, std::string_view text) {
  if (text != "true" && text != "false") {
    return Error(Errc::invalid_argument,
                 "takes 'true' or 'false', not '" + std::string(text) + "'");
  }
  option = text == "true";
  return {};
}

Result<void> set(std::chrono::milliseconds& option, std::string_view text) {
  std::uint32_t count = 0;
  QUARTZ_TRY(set(count, text));
  option = std::chrono::milliseconds(count);
  return {};
}

// The names of a choice, in the order of its values.
template <class Choice, std::size_t Count>
Result<void> choose(Choice& option, std::string_view text,
                    const std::array<std::string_view, Count>& names) {
  const auto found = std::ranges::find(names, text);
  if (found != names.end()) {
    option = static_cast<Choice>(found - names.begin());
    return {};
  }
  std::string known;
  for (const std::string_view name : names) known.append(known.empty() ? "" : ", ").append(name);
  return Error(Errc::invalid_argument,
               "takes one of " + known + ", not '" + std::string(text) + "'");
}

Result<void> set(Durability& option, std::string_view text) {
  return choose(option, text, std::to_array<std::string_view>({"memory", "process", "disk"}));
}

Result<void> set(LogMedium& option, std::string_view text) {
  return choose(option, text, std::to_array<std::string_view>({"automatic", "mapped", "file"}));
}

struct Option {
  std::string_view name;
  Result<void> (*set)(StorageConfig& config, std::string_view text);
};

template <auto Member>
constexpr Option option(std::string_view name) {
  return {name,
          [](StorageConfig& config, std::string_view text) { return set(config.*Member, text); }};
}

// All of StorageConfig that a text can say, in its order.
constexpr auto kOptions = std::to_array<Option>({
    option<&StorageConfig::create_if_missing>("create_if_missing"),
    option<&StorageConfig::error_if_exists>("error_if_exists"),
    option<&StorageConfig::durability>("durability"),
    option<&StorageConfig::enable_wal>("enable_wal"),
    option<&StorageConfig::log_medium>("log_medium"),
    option<&StorageConfig::cache_size>("cache_size"),
    option<&StorageConfig::cache_bytes>("cache_bytes"),
    option<&StorageConfig::segment_bytes>("segment_bytes"),
    option<&StorageConfig::memtable_bytes>("memtable_bytes"),
    option<&StorageConfig::flush_interval>("flush_interval"),
    option<&StorageConfig::block_cache_bytes>("block_cache_bytes"),
    option<&StorageConfig::compaction_threshold>("compaction_threshold"),
    option<&StorageConfig::level0_files_max>("level0_files_max"),
    option<&StorageConfig::max_level_size>("max_level_size"),
    option<&StorageConfig::table_file_bytes>("table_file_bytes"),
    option<&StorageConfig::compaction_threads>("compaction_threads"),
    option<&StorageConfig::start_compaction>("start_compaction"),
    option<&StorageConfig::free_space_min_bytes>("free_space_min_bytes"),
    option<&StorageConfig::read_threads>("read_threads"),
});

Result<void> set_option(StorageConfig& config, std::string_view name, std::string_view text) {
  const auto found = std::ranges::find(kOptions, name, &Option::name);
  if (found == kOptions.end()) {
    return Error(Errc::invalid_argument, "there is no option '" + std::string(name) + "'");
  }
  if (auto done = found->set(config, text); !done) {
    return Error(done.error().code(), std::string(name) + " " + done.error().message());
  }
  return {};
}

}  // namespace
}  // namespace quartz::c

// NOLINTNEXTLINE(google-build-using-namespace): functions of C are in no namespace of their own.
using namespace quartz::c;

quartz_storage_config* quartz_storage_config_create() {
  return make_handle<quartz_storage_config>();
}

quartz_error* quartz_storage_config_set(quartz_storage_config* config, const char* option,
                                        const char* value) {
  return guarded({{"config", config}, {"option", option}, {"value", value}},
                 [&] { return set_option(config->config, option, value); });
}

void quartz_storage_config_set_logger(quartz_storage_config* config, quartz_logger logger,
                                      void* context) {
  if (logger == nullptr) {
    config->config.logger = nullptr;
    return;
  }
  config->config.logger = [logger, context](quartz::LogLevel level, std::string_view line) {
    logger(context, static_cast<quartz_log_level>(level), bytes_of(line));
  };
}

void quartz_storage_config_destroy(quartz_storage_config* config) { delete config; }
