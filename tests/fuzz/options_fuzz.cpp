// A configuration file of the server: what is understood is printed, and read back as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "server/config/configuration.hpp"
#include "server/config/toml_file.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kName = "quartz.toml";

void check_error(const Error& error) {
  QUARTZ_CHECK(error.code() == Errc::invalid_argument);
  QUARTZ_CHECK(error.message().starts_with(kName));
}

// Values that follow from a text that was printed.
Configuration read_back(const std::string& printed) {
  Configuration configuration;
  configuration.apply(read_toml(printed, std::string(kName)).value()).value();
  return configuration;
}

void read(std::string_view text) {
  const auto values = read_toml(text, std::string(kName));
  if (!values) return check_error(values.error());
  Configuration configuration;
  if (const auto applied = configuration.apply(*values); !applied) {
    return check_error(applied.error());
  }
  const Configuration again = read_back(configuration.print());
  for (const Option& option : all_options()) {
    QUARTZ_CHECK(option.get(again.settings()) == option.get(configuration.settings()));
  }
  QUARTZ_CHECK(again.check().has_value() == configuration.check().has_value());
  QUARTZ_CHECK(read_back(again.print()).print() == again.print());
}

}  // namespace
}  // namespace quartz::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quartz::server::read({reinterpret_cast<const char*>(data), size});
  return 0;
}
