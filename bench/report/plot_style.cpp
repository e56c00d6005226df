#include "bench/report/plot_style.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "bench/report/engine_text.hpp"

namespace quartz::bench {
namespace {

struct EngineColour {
  std::string_view engine;
  std::string_view name;  ///< Of the class.
  std::string_view on_white;
  std::string_view on_dark;
};
constexpr std::array<EngineColour, 13> kColours = {{
    {kOurEngine, "c-quartz", "#d55e00", "#f0803c"},
    {"rocksdb", "c-rocksdb", "#0072b2", "#3d9bd6"},
    {"leveldb", "c-leveldb", "#56b4e9", "#86cdf3"},
    {"lmdb", "c-lmdb", "#009e73", "#2fb98f"},
    {"wiredtiger", "c-wiredtiger", "#cc79a7", "#dc96bd"},
    {"sqlite", "c-sqlite", "#e0c000", "#f0e442"},
    {"tkrzw", "c-tkrzw", "#4b4b4b", "#c8c8c8"},
    // Of indexes of vectors, which share no plot with the stores.
    {"hnswlib", "c-hnswlib", "#0072b2", "#3d9bd6"},
    {"faiss_HNSW", "c-faiss-hnsw", "#009e73", "#2fb98f"},
    {"faiss_HNSW_SQ8", "c-faiss-hnsw-sq8", "#cc79a7", "#dc96bd"},
    {"faiss_IVF", "c-faiss-ivf", "#56b4e9", "#86cdf3"},
    {"quartz_graph", "c-quartz-graph", "#d55e00", "#f0803c"},
    {"", "c-other", "#999999", "#808080"},  // The last: any other.
}};

/// What differs between the pages: ink, paper, and the colours of the engines.
std::string palette(bool dark) {
  std::string rules;
  const auto rule = [&](std::string_view selector, std::string_view property,
                        std::string_view on_white, std::string_view on_dark) {
    rules += fmt::format("{}{{{}:{}}}\n", selector, property, dark ? on_dark : on_white);
  };
  rule(".paper", "fill", "#ffffff", "#0d1117");
  rule("text", "fill", "#1f2328", "#e6edf3");
  rule(".quiet", "fill", "#59636e", "#9198a1");
  rule(".loss", "fill", "#b3261e", "#ff8d85");
  rule(".grid", "stroke", "#d8dee4", "#2d333b");
  rule(".fine", "stroke", "#eff2f5", "#1b2027");
  rule(".whisker", "stroke", "#1f2328", "#e6edf3");
  rule(".halo", "stroke", "#ffffff", "#0d1117");
  for (const EngineColour& colour : kColours) {
    rule(fmt::format(".{}", colour.name), "fill", colour.on_white, colour.on_dark);
    rule(fmt::format(".curve.{}", colour.name), "stroke", colour.on_white, colour.on_dark);
  }
  return rules;
}

}  // namespace

std::string plot_style() {
  return "text{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",sans-serif;"
         "font-size:13px;font-variant-numeric:tabular-nums}\n"
         ".title{font-size:18px;font-weight:600}\n"
         ".group{font-weight:600}\n"
         ".quiet{font-size:12px}\n"
         ".loss,.ours{font-weight:700}\n"
         ".grid,.fine{stroke-width:1}\n"
         ".whisker{stroke-width:1.5;fill:none}\n"
         ".curve{stroke-width:2}\n"
         ".halo{stroke-width:4;stroke-opacity:0.75;fill:none}\n" +
         palette(false) + ".curve{fill:none!important}\n@media (prefers-color-scheme:dark){\n" +
         palette(true) + "}\n";
}

std::string_view colour_class(std::string_view engine) {
  const auto* known = std::ranges::find(kColours, engine, &EngineColour::engine);
  if (known == kColours.end()) {
    known = std::ranges::find(kColours, engine_family(engine), &EngineColour::engine);
  }
  return known == kColours.end() ? kColours.back().name : known->name;
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&apos;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return escaped;
}

}  // namespace quartz::bench
