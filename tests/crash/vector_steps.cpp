#include "crash/vector_steps.hpp"

#include <fmt/format.h>

#include "base/random.hpp"
#include "base/try.hpp"
#include "crash/steps.hpp"

namespace quartz {
namespace {

constexpr std::uint64_t kIds = 2400;
// With the first of them, a writer alone stores more vectors than a quantizer is trained with.
constexpr std::uint64_t kFillingSteps = 32;
constexpr std::uint64_t kPointsOfFillingStep = 66;
constexpr std::uint64_t kPlainKeys = 40;

std::string random_payload(Random& random, std::uint64_t step) {
  if (random.one_in(6)) return {};
  return fmt::format(R"({{"step": {}, "kind": "{}"}})", step, random.below(kPayloadKinds));
}

VectorPoint random_point(Random& random, std::string id, std::uint64_t step) {
  VectorPoint point{.id = std::move(id), .vectors = {}, .payload = random_payload(random, step)};
  point.vectors.resize(random.one_in(8) ? 2 + random.below(3) : 1);
  for (std::vector<float>& vector : point.vectors) {
    for (std::size_t i = 0; i < kCrashDimensions; ++i) {
      vector.push_back(static_cast<float>(random.below(2'000'001)) / 1e6F - 1.0F);
    }
  }
  return point;
}

std::string mirror_key(const std::string& id) { return id + "/stored by"; }

}  // namespace

VectorCollectionConfig crash_collection_config() {
  return {.dimensions = kCrashDimensions,
          .metric = Metric::l2,
          .index = {.quantization = Quantization::sq8, .m = 6, .ef_construction = 30},
          .payload_indexes = {{"kind", PayloadIndexKind::keyword}}};
}

VectorStep::VectorStep(std::uint32_t writer, std::uint64_t number)
    : number_(std::to_string(number)) {
  Random random(number * 64 + writer);
  const std::string prefix = key_prefix(writer);
  const auto any_id = [&] { return prefix + std::to_string(random.below(kIds)); };
  if (number < kFillingSteps) {
    for (std::uint64_t i = 0; i < kPointsOfFillingStep; ++i) {
      const std::uint64_t id = number * kPointsOfFillingStep + i;
      upserts_.push_back(random_point(random, prefix + std::to_string(id), number));
    }
  } else if (random.one_in(8)) {
    payload_.emplace(any_id(), random_payload(random, number));
    return;
  } else {
    const std::uint64_t upserts = random.one_in(10) ? random.below(120) : random.below(8);
    const std::uint64_t removes = random.one_in(10) ? random.below(40) : random.below(3);
    for (std::uint64_t i = 0; i < upserts; ++i) {
      upserts_.push_back(random_point(random, any_id(), number));
    }
    for (std::uint64_t i = 0; i < removes; ++i) removes_.push_back(any_id());
  }
  const std::string key = fmt::format("{}plain/{}", prefix, random.below(kPlainKeys));
  keys_.emplace_back(key, random.one_in(4) ? std::nullopt : std::optional(number_));
  keys_.emplace_back(prefix + "newest", number_);
}

Result<void> VectorStep::write_to(StorageEngine& engine, VectorCollection& collection,
                                  const WriteOptions& options) const {
  if (payload_) {
    QUARTZ_TRY(collection.set_payload(payload_->first, payload_->second, options));
    return {};
  }
  WriteBatch batch;
  for (const VectorPoint& point : upserts_) {
    batch.upsert(collection, point).put(mirror_key(point.id), number_);
  }
  for (const std::string& id : removes_) batch.remove(collection, id).remove(mirror_key(id));
  for (const auto& [key, value] : keys_) value ? batch.put(key, *value) : batch.remove(key);
  return engine.write(batch, options);
}

void VectorStep::apply_to(WriterPoints& stored) const {
  if (payload_) {
    const auto point = stored.points.find(payload_->first);
    if (point != stored.points.end()) point->second.payload = payload_->second;
    return;
  }
  for (const VectorPoint& point : upserts_) {
    stored.points[point.id] = point;
    stored.keys[mirror_key(point.id)] = number_;
  }
  for (const std::string& id : removes_) {
    stored.points.erase(id);
    stored.keys.erase(mirror_key(id));
  }
  for (const auto& [key, value] : keys_) {
    if (value) {
      stored.keys[key] = *value;
    } else {
      stored.keys.erase(key);
    }
  }
}

}  // namespace quartz
