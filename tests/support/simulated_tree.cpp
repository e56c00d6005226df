#include "support/simulated_tree.hpp"

#include <utility>

namespace quartz::io {

SimulatedTree::SimulatedTree() : root_(std::make_shared<Node>()) {}

SimulatedTree::NodePointer SimulatedTree::find(const Path& path) const {
  NodePointer node = root_;
  for (const Path& part : path.lexically_normal().relative_path()) {
    if (part.empty() || part == ".") continue;
    const auto entry = node->seen.find(part.string());
    if (entry == node->seen.end()) return nullptr;
    node = entry->second;
  }
  return node;
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
