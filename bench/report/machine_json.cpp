#include "bench/report/machine_json.hpp"

#include "base/try.hpp"

namespace quartz::bench {

namespace json = boost::json;

json::object json_of_texts(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [name, text] : texts) object.emplace(name, text);
  return object;
}

json::object json_of_machine(const RunResult::Machine& machine) {
  return {{"cpu", machine.cpu},
          {"cores", machine.cores},
          {"memory_bytes", machine.memory_bytes},
          {"kernel", machine.kernel},
          {"file_system", machine.file_system},
          {"compiler", machine.compiler}};
}

Result<RunResult::Machine> machine_from(const JsonNode& node) {
  RunResult::Machine machine;
  QUARTZ_ASSIGN(machine.cpu, node.text("cpu"));
  QUARTZ_ASSIGN(machine.cores, node.small_count("cores"));
  QUARTZ_ASSIGN(machine.memory_bytes, node.count("memory_bytes"));
  QUARTZ_ASSIGN(machine.kernel, node.text("kernel"));
  QUARTZ_ASSIGN(machine.file_system, node.text("file_system"));
  QUARTZ_ASSIGN(machine.compiler, node.text("compiler"));
  return machine;
}

}  // namespace quartz::bench
