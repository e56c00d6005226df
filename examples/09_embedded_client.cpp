// A program that begins with a database of its own and grows by another URL: give it
// quartz://127.0.0.1:7379, and the same lines talk to a server.
#include <iostream>
#include <string>

#include "quartz/client/commands/hashes.hpp"
#include "quartz/embedded/open_client.hpp"

int main(int argc, char** argv) {
  quartz::ClientConfig config;
  config.endpoints = {argc > 1 ? argv[1] : "file:embedded_client_data"};

  auto opened = quartz::open_client(config);
  if (!opened) {
    std::cerr << opened.error().to_string() << '\n';
    return 1;
  }
  quartz::Client& client = *opened;

  const auto visits = client.incr("visits");
  if (!visits) {
    std::cerr << visits.error().to_string() << '\n';
    return 1;
  }
  std::cout << *visits << " visits\n";

  const auto stored =
      client.run(quartz::commands::hset("user:1", {{"name", "Ada"}, {"age", "36"}}));
  const auto name = client.run(quartz::commands::hget("user:1", "name"));
  if (!stored || !name) return 1;
  std::cout << name->value_or("nobody") << '\n';
  return 0;
}
