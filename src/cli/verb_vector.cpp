#include "cli/verb_vector.hpp"

#include <map>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "cli/verb.hpp"

namespace quartz::cli {
namespace {

// In the order of `--help`.
constexpr Verb kVectorVerbs[] = {
    {"create", "Make an empty collection", define_vector_create},
    {"import", "Store the rows of a file of vectors as points", define_vector_import},
    {"search", "Find the points nearest to a vector", define_vector_search},
    {"info", "Print configuration and statistics of a collection", define_vector_info},
    {"list", "Print the names of all collections", define_vector_list},
    {"recall", "Measure what share of the nearest points searches find", define_vector_recall},
    {"reindex", "Build the index anew, with other parameters", define_vector_reindex},
    {"export", "Write the points to a file of vectors", define_vector_export},
    {"drop", "Remove a collection and all of its points for good", define_vector_drop},
};

}  // namespace

Action define_vector(CLI::App& app) {
  app.require_subcommand(1);
  auto actions = std::make_shared<std::map<const CLI::App*, Action>>();
  for (const Verb& verb : kVectorVerbs) {
    CLI::App* const sub = app.add_subcommand(std::string(verb.name), std::string(verb.summary));
    sub->fallthrough();  // So that --quiet may stand behind it as well.
    actions->emplace(sub, verb.define(*sub));
  }
  app.footer(
      "Examples:\n"
      "  quartz vector create data digits --dimensions 784 --metric l2\n"
      "  quartz vector import data digits mnist.u8bin\n"
      "  quartz vector search data digits --id 00042 -k 5\n\n"
      "`quartz vector VERB --help` describes one of them.");
  return [&app, actions](Console& console) {
    const CLI::App* const chosen = app.get_subcommands().front();
    console.set_verb(fmt::format("vector {}", chosen->get_name()));
    return actions->at(chosen)(console);
  };
}

}  // namespace quartz::cli
