#include "bench/report/engine_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace quartz::bench {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTitles = {{
    {"quartz", "Quartz"},
    {"rocksdb", "RocksDB"},
    {"leveldb", "LevelDB"},
    {"lmdb", "LMDB"},
    {"wiredtiger", "WiredTiger"},
    {"sqlite", "SQLite"},
    {"tkrzw", "Tkrzw"},
    {"hnswlib", "hnswlib"},
    {"faiss", "Faiss"},
}};

}  // namespace

std::string_view engine_family(std::string_view engine) {
  return engine.substr(0, engine.find('_'));
}

std::string engine_title(std::string_view engine) {
  const std::string_view family = engine_family(engine);
  const auto* known = std::ranges::find(kTitles, family, [](const auto& row) { return row.first; });
  if (known == kTitles.end()) return std::string(engine);
  std::string title(known->second);
  title += engine.substr(family.size());
  std::ranges::replace(title, '_', ' ');
  return title;
}

}  // namespace quartz::bench
