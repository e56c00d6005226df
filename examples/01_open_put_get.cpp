// Open a database, write a key, read it back, remove it. Teaches: results, optional values, close.

#include <iostream>

#include <quartz/quartz.hpp>

int main() {
  // Creates the directory if it is not there. Every call returns a Result: a value or an Error.
  auto opened = quartz::StorageEngine::open("./my_db", {.cache_size = 50'000});
  if (!opened) {
    std::cerr << opened.error().to_string() << '\n';
    return 1;
  }
  quartz::StorageEngine engine = *std::move(opened);

  // `.value()` stops the program with the error's message: fine in an example, and where a failure
  // cannot be handled. When put returns, the write survives a killed process.
  engine.put("user:1", "Alice").value();

  // A key that does not exist is an empty optional, not an error.
  const std::optional<std::string> value = engine.get("user:1").value();
  std::cout << "user:1 is " << value.value_or("nobody") << '\n';

  // This one also survives power loss.
  engine.put("user:2", "Bob", {.durability = quartz::Durability::disk}).value();

  engine.remove("user:1").value();
  std::cout << "user:1 exists: " << std::boolalpha << engine.contains("user:1").value() << '\n';

  engine.close().value();
}
