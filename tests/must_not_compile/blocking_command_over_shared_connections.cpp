// expect: no matching function
#include <chrono>

#include <quartz/client/client.hpp>
#include <quartz/client/commands/blocking.hpp>

bool take(quartz::Client& client, quartz::Lease& lease) {
  const auto wait = quartz::commands::blpop("jobs", std::chrono::seconds(1));
#ifdef QUARTZ_MISUSE
  static_cast<void>(lease);
  return client.run(wait).has_value();
#else
  static_cast<void>(client);
  return lease.run(wait).has_value();
#endif
}
