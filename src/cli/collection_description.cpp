#include "cli/collection_description.hpp"

#include <cstdint>

#include <boost/json/array.hpp>
#include <boost/json/string_view.hpp>
#include <fmt/format.h>

#include "cli/progress.hpp"

namespace quartz::cli {
namespace {

boost::json::string_view json_name(std::string_view name) { return {name.data(), name.size()}; }

class Lines {
 public:
  explicit Lines(const Style& style) : style_(style) {}

  void heading(std::string_view text) {
    if (!text_.empty()) text_ += '\n';
    text_ += style_.heading(text) + "\n";
  }
  void line(std::string_view name, std::string_view text) {
    text_ += fmt::format("  {:<18}  {}\n", name, text);
  }
  std::string take() { return std::move(text_); }

 private:
  const Style& style_;
  std::string text_;
};

void add_configuration(Lines& lines, const VectorCollectionConfig& config) {
  lines.line("dimensions", std::to_string(config.dimensions));
  lines.line("metric", to_string(config.metric));
  lines.line("quantization", to_string(config.index.quantization));
  lines.line("graph", fmt::format("m {}, ef_construction {}, seed {}", config.index.m,
                                  config.index.ef_construction, config.index.seed));
  lines.line("in memory",
             fmt::format("codes{}{}", config.index.vectors_in_memory ? ", vectors" : "",
                         config.index.payloads_in_memory ? ", payloads" : ""));
  for (const PayloadIndexConfig& index : config.payload_indexes) {
    lines.line("payload index", fmt::format("{} ({})", index.field, to_string(index.kind)));
  }
}

void add_content(Lines& lines, const VectorStatistics& s) {
  lines.line("points", grouped(s.points));
  lines.line("vectors", fmt::format("{} ({} not in the graph yet, {} removed ones still in it)",
                                    grouped(s.vectors), grouped(s.vectors_pending),
                                    grouped(s.vectors_removed)));
  if (s.points_ignored != 0) lines.line("rows ignored", grouped(s.points_ignored));
  lines.line("index", fmt::format("{}{}", s.opened_by, s.rebuilding ? "; being built anew" : ""));
}

void add_memory(Lines& lines, const VectorStatistics& s) {
  lines.line("codes", readable_bytes(s.code_bytes));
  lines.line("links", readable_bytes(s.link_bytes));
  lines.line("vectors", readable_bytes(s.vector_bytes));
  lines.line("ids and payloads", readable_bytes(s.point_bytes));
  lines.line("payload indexes", readable_bytes(s.payload_index_bytes));
  lines.line("in all", readable_bytes(s.memory_bytes));
}

}  // namespace

std::string describe_collection(std::string_view name, const VectorCollectionConfig& config,
                                const VectorStatistics& statistics, const Style& style) {
  Lines lines(style);
  lines.heading(fmt::format("Collection {}", name));
  add_configuration(lines, config);
  lines.heading("Content");
  add_content(lines, statistics);
  lines.heading("Memory of the index");
  add_memory(lines, statistics);
  return lines.take();
}

boost::json::object to_json(const VectorCollectionConfig& config) {
  boost::json::array payload_indexes;
  for (const PayloadIndexConfig& index : config.payload_indexes) {
    payload_indexes.push_back(
        boost::json::object{{"field", index.field}, {"kind", json_name(to_string(index.kind))}});
  }
  return {{"dimensions", config.dimensions},
          {"metric", json_name(to_string(config.metric))},
          {"index",
           {{"quantization", json_name(to_string(config.index.quantization))},
            {"m", config.index.m},
            {"ef_construction", config.index.ef_construction},
            {"seed", config.index.seed},
            {"vectors_in_memory", config.index.vectors_in_memory},
            {"payloads_in_memory", config.index.payloads_in_memory}}},
          {"payload_indexes", std::move(payload_indexes)}};
}

boost::json::object to_json(const VectorStatistics& s) {
  return {{"points", s.points},
          {"vectors", s.vectors},
          {"vectors_pending", s.vectors_pending},
          {"vectors_removed", s.vectors_removed},
          {"points_ignored", s.points_ignored},
          {"memory_bytes", s.memory_bytes},
          {"code_bytes", s.code_bytes},
          {"link_bytes", s.link_bytes},
          {"vector_bytes", s.vector_bytes},
          {"point_bytes", s.point_bytes},
          {"payload_index_bytes", s.payload_index_bytes},
          {"searches", s.searches},
          {"vectors_linked", s.vectors_linked},
          {"vectors_reclaimed", s.vectors_reclaimed},
          {"index_files_written", s.index_files_written},
          {"rebuilding", s.rebuilding},
          {"opened_by", s.opened_by}};
}

}  // namespace quartz::cli
