#include "crash/steps.hpp"

#include "base/random.hpp"

namespace quartz {
namespace {

constexpr std::uint64_t kKeys = 150;

}  // namespace

std::string key_prefix(std::uint32_t writer) { return "w" + std::to_string(writer) + "/"; }

Step::Step(std::uint32_t writer, std::uint64_t number) {
  Random random(number * 64 + writer);
  const std::string name = key_prefix(writer) + std::to_string(random.below(kKeys));
  // Its own number first: a value of another step can never pass for this one's.
  std::string value = std::to_string(number) + ":";
  value.resize(value.size() + (random.one_in(20) ? random.below(9000) : random.below(300)),
               static_cast<char>(random.next()));
  const std::uint64_t kind = random.below(10);
  if (kind < 6) {
    changes_.push_back({false, name, value});
  } else if (kind < 8) {
    changes_.push_back({false, name, std::nullopt});
  } else {
    changes_.push_back({false, name, value});
    changes_.push_back({true, name, value});
    changes_.push_back({true, key_prefix(writer) + std::to_string(random.below(kKeys)), {}});
    changes_.push_back({false, key_prefix(writer) + "newest", std::to_string(number)});
  }
}

Result<void> Step::write_to(StorageEngine& engine, const Keyspace& second,
                            const WriteOptions& options) const {
  if (changes_.size() == 1) {
    const Change& change = changes_.front();
    return change.value ? engine.put(change.key, *change.value, options)
                        : engine.remove(change.key, options);
  }
  WriteBatch batch;
  for (const Change& change : changes_) {
    const Keyspace keyspace = change.second_keyspace ? second : engine.default_keyspace();
    change.value ? batch.put(keyspace, change.key, *change.value)
                 : batch.remove(keyspace, change.key);
  }
  return engine.write(batch, options);
}

void Step::apply_to(WriterRows& rows) const {
  for (const Change& change : changes_) {
    const std::pair at(std::string(change.second_keyspace ? kSecondKeyspace : "default"),
                       change.key);
    if (change.value) {
      rows[at] = *change.value;
    } else {
      rows.erase(at);
    }
  }
}

}  // namespace quartz
