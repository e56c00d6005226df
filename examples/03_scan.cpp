// Walk over keys in order. Teaches: prefixes, bounds, limits, both directions, cursors.

#include <iostream>

#include <quartz/quartz.hpp>

int main() {
  auto engine = quartz::StorageEngine::open("./scan_db").value();
  quartz::WriteBatch batch;
  batch.put("city:berlin", "3.9").put("city:paris", "2.1").put("city:rome", "2.8");
  batch.put("country:france", "68").put("country:italy", "59");
  engine.write(batch).value();

  std::cout << "cities:\n";
  for (const auto& [key, value] : engine.scan({.prefix = "city:"})) {
    std::cout << "  " << key << " = " << value << '\n';
  }

  std::cout << "the last two keys of all, backwards:\n";
  for (const auto& [key, value] : engine.scan({.limit = 2, .reverse = true})) {
    std::cout << "  " << key << " = " << value << '\n';
  }

  // A cursor can move both ways. It reads the state as of its creation. `error()` tells a scan that
  // ended from one that failed.
  quartz::Cursor cursor = engine.cursor({.lower_bound = "city:c"});
  cursor.seek_to_first();
  std::cout << "first from \"city:c\" on: " << cursor.key() << '\n';
  cursor.next();
  cursor.previous();
  std::cout << "there and back:         " << cursor.key() << '\n';
  if (cursor.error()) {
    std::cerr << cursor.error()->to_string() << '\n';
    return 1;
  }
}
