#include "support/simulated_tree.hpp"

#include <algorithm>
#include <utility>

namespace quartz::io {

namespace {

// Looked up by the hundred for each opening of a database, for which paths that are taken apart and
// put together again by the standard library are too slow.
std::vector<std::string_view> names_in(const Path& path) {
  std::vector<std::string_view> names;
  for (std::string_view rest = path.native(); !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    if (name.empty() || name == ".") continue;
    if (name != "..") {
      names.push_back(name);
    } else if (!names.empty()) {
      names.pop_back();
    }
  }
  return names;
}

}  // namespace

SimulatedTree::SimulatedTree() : root_(std::make_shared<Node>()) {}

SimulatedTree::NodePointer SimulatedTree::below_root(
    const std::vector<std::string_view>& names) const {
  const NodePointer* node = &root_;
  for (const std::string_view name : names) {
    const auto entry = (*node)->seen.find(name);
    if (entry == (*node)->seen.end()) return nullptr;
    node = &entry->second;
  }
  return *node;
}

SimulatedTree::NodePointer SimulatedTree::find(const Path& path) const {
  return below_root(names_in(path));
}

SimulatedTree::NodePointer SimulatedTree::directory_of(const Path& path) const {
  std::vector<std::string_view> names = names_in(path);
  if (!names.empty()) names.pop_back();
  return below_root(names);
}

std::string SimulatedTree::name_of(const Path& path) {
  const std::vector<std::string_view> names = names_in(path);
  return names.empty() ? std::string() : std::string(names.back());
}

void SimulatedTree::apply(Operation operation) {
  for (const Change& change : operation) {
    if (change.node) {
      change.directory->seen[change.name] = change.node;
    } else {
      change.directory->seen.erase(change.name);
    }
  }
  unsynced_.push_back(std::move(operation));
}

void SimulatedTree::sync(const NodePointer& directory) {
  directory->platter = directory->seen;
  for (Operation& operation : unsynced_) {
    std::erase_if(operation, [&](const Change& one) { return one.directory == directory; });
  }
  std::erase_if(unsynced_, [](const Operation& operation) { return operation.empty(); });
}

SimulatedTree SimulatedTree::after(const PowerCut& cut, Random& random) const {
  Names names;
  const auto of = [&](const NodePointer& directory) -> auto& {
    return names.try_emplace(directory.get(), directory->platter).first->second;
  };
  bool lost = false;
  for (const Operation& operation : unsynced_) {
    lost = (cut.name_order == NameOrder::journal && lost) || random.below(100) >= cut.names_kept;
    if (lost) continue;
    for (const Change& change : operation) {
      if (change.node) {
        of(change.directory)[change.name] = change.node;
      } else {
        of(change.directory).erase(change.name);
      }
    }
  }
  SimulatedTree left;
  Copies copies;
  left.root_ = copy(root_, names, copies, cut, random);
  return left;
}

// A file with several names stays one file.
SimulatedTree::NodePointer SimulatedTree::copy(const NodePointer& node, Names& names,
                                               Copies& copies, const PowerCut& cut,
                                               Random& random) {
  NodePointer& copied = copies[node.get()];
  if (copied) return copied;
  copied = std::make_shared<Node>();
  if (node->is_directory()) {
    const auto& entries = names.try_emplace(node.get(), node->platter).first->second;
    for (const auto& [name, entry] : entries) {
      copied->platter[name] = copy(entry, names, copies, cut, random);
    }
    copied->seen = copied->platter;
  } else {
    copied->contents = std::make_shared<SimulatedContents>(node->contents->after(cut, random));
  }
  return copied;
}

}  // namespace quartz::io
