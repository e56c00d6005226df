#include "crash/ledger.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "support/small_engine.hpp"

namespace quartz {
WriterRows rows_of_writer(const StorageEngine& engine, const Keyspace& second,
                          std::uint32_t writer) {
  WriterRows rows;
  const std::string prefix = key_prefix(writer);
  for (auto& [key, value] : rows_of(engine, {.prefix = prefix})) rows[{"default", key}] = value;
  for (auto& [key, value] : rows_of(engine, {.prefix = prefix, .keyspace = &second})) {
    rows[{std::string(kSecondKeyspace), key}] = value;
  }
  return rows;
}

void Ledger::acknowledge(const Acknowledgement& one) {
  Writer& writer = writers_.at(one.writer);
  ASSERT_EQ(one.step, writer.steps);
  Step(one.writer, one.step).apply_to(writer.rows);
  ++writer.steps;
}

void Ledger::compare(const StorageEngine& engine, const Keyspace& second) {
  for (std::uint32_t number = 0; number < kWritersMax; ++number) {
    Writer& writer = writers_[number];
    const WriterRows found = rows_of_writer(engine, second, number);
    if (found == writer.rows) continue;
    Step(number, writer.steps).apply_to(writer.rows);
    ASSERT_TRUE(found == writer.rows)
        << "writer " << number << " was acknowledged " << writer.steps << " steps; " << found.size()
        << " rows were found, " << writer.rows.size() << " expected";
    ++writer.steps;
  }
}

}  // namespace quartz
