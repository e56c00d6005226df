#pragma once

#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "server/service/service.hpp"
#include "storage/engine.hpp"
#include "support/hand_clock.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::server {

/// A small engine, whose clock the test moves, and the service over it.
class ServiceFixture : public testing::Test {
 protected:
  ServiceFixture() { open(); }

  void reopen() {
    service_.reset();
    engine_.reset();
    open();
  }

  StorageEngine& engine() { return *engine_; }
  Service& service() { return *service_; }
  const Database& database(std::size_t number = 0) {
    return *service_->databases().select(number).value();
  }

  ScratchDirectory scratch_;
  HandClock time_;

 private:
  void open() {
    engine_.emplace(storage::Engine::open(scratch_ / "data", small_config(),
                                          io::posix_file_system(), time_.source())
                        .value());
    service_ = Service::open(*engine_).value();
  }

  std::optional<StorageEngine> engine_;
  std::unique_ptr<Service> service_;
};

}  // namespace quartz::server
