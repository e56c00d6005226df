#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "server/service/service.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::server {

/// Database 0 of a small engine, on which a test runs operations.
class DatabaseFixture : public testing::Test {
 protected:
  DatabaseFixture() { open(); }

  void open() {
    engine_.emplace(open_small(scratch_ / "data"));
    service_ = Service::open(*engine_).value();
  }
  void reopen() {
    service_.reset();
    engine_.reset();
    open();
  }

  StorageEngine& engine() { return *engine_; }
  Service& service() { return *service_; }
  const Database& database() { return *service_->databases().find(0); }

  /// As a transaction of its own.
  template <class Operation>
  auto run(Operation&& operation) {
    return service_->run(database(), std::forward<Operation>(operation));
  }

  /// Rows that lie beside those of keys.
  std::size_t element_rows() {
    std::size_t count = 0;
    Cursor cursor = engine().cursor({.keyspace = &database().elements});
    for (cursor.seek_to_first(); cursor.valid(); cursor.next()) ++count;
    EXPECT_FALSE(cursor.error());
    return count;
  }

 private:
  ScratchDirectory scratch_;
  std::optional<StorageEngine> engine_;
  std::unique_ptr<Service> service_;
};

}  // namespace quartz::server
