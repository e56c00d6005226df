#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "io/file_system.hpp"
#include "support/simulated_contents.hpp"

namespace quartz::io {

/// The names on a simulated disk: as programs see them, and as they are on the platter. A change is
/// on the platter once its directory was synced; syncing the file does not help. Threads: one at a
/// time.
class SimulatedTree {
 public:
  struct Node;
  using NodePointer = std::shared_ptr<Node>;
  using Entries = std::map<std::string, NodePointer, std::less<>>;
  struct Node {
    std::shared_ptr<SimulatedContents> contents;  // Null: a directory.
    Entries seen;
    Entries platter;
    std::shared_ptr<std::atomic<bool>> locked = std::make_shared<std::atomic<bool>>(false);

    bool is_directory() const noexcept { return contents == nullptr; }
  };
  /// One name in one directory; null: it is gone.
  struct Change {
    NodePointer directory;
    std::string name;
    NodePointer node;
  };
  /// Reaches the platter as a whole, as far as it is within one directory.
  using Operation = std::vector<Change>;

  SimulatedTree();

  /// What programs see at a path; null: nothing.
  NodePointer find(const Path& path) const;
  /// What programs see of the directory that has, or would have, the path's last name.
  NodePointer directory_of(const Path& path) const;
  /// The last name of a path; empty: it is the root.
  static std::string name_of(const Path& path);
  /// Seen at once.
  void apply(Operation operation);
  void sync(const NodePointer& directory);

  /// What is found after a power cut: files of their own, that nobody has open.
  SimulatedTree after(const PowerCut& cut, Random& random) const;

 private:
  using Names = std::map<Node*, Entries>;
  using Copies = std::map<Node*, NodePointer>;
  NodePointer below_root(const std::vector<std::string_view>& names) const;
  static NodePointer copy(const NodePointer& node, Names& names, Copies& copies,
                          const PowerCut& cut, Random& random);

  NodePointer root_;
  std::vector<Operation> unsynced_;  // In the order in which they were made.
};

}  // namespace quartz::io
