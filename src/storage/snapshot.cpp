#include "quartz/storage/snapshot.hpp"

#include <utility>

#include "storage/engine.hpp"

namespace quartz {

Snapshot::Snapshot(std::shared_ptr<const storage::SnapshotState> state)
    : state_(std::move(state)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

std::uint64_t Snapshot::sequence() const noexcept { return state_ ? state_->sequence : 0; }

}  // namespace quartz
