#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/element_words.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/vector_set_access.hpp"
#include "server/resp/vector_words.hpp"
#include "server/resp/words.hpp"
#include "vector/collection.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

std::string_view quantization_name(Quantization quantization) noexcept {
  switch (quantization) {
    case Quantization::none:
      return "f32";
    case Quantization::sq8:
      return "int8";
    case Quantization::bit1:
      return "bin";
    default:
      return to_string(quantization);
  }
}

// Options that a vector set is made with must be the same each time that they are given.
Result<void> check_same(const VectorCollectionConfig& config, const VectorAddWords& words) {
  if (words.vector.size() != config.dimensions) {
    return Error(Errc::invalid_argument,
                 fmt::format("Vector dimension mismatch - got {} but set has {}",
                             words.vector.size(), config.dimensions));
  }
  if (words.quantization && *words.quantization != config.index.quantization) {
    return Error(Errc::invalid_argument, "asked quantization mismatch with existing vector set");
  }
  if (words.m && *words.m != config.index.m) {
    return Error(Errc::invalid_argument, "asked M value mismatch with existing vector set");
  }
  return {};
}

VectorCollectionConfig config_of(const VectorAddWords& words) {
  VectorCollectionConfig config{.dimensions = words.vector.size(), .metric = Metric::cosine};
  config.index.quantization = words.quantization.value_or(Quantization::sq8);
  if (words.m) config.index.m = *words.m;
  if (words.ef) config.index.ef_construction = *words.ef;
  return config;
}

Result<void> vadd(CommandCall& call) {
  QUARTZ_ASSIGN(const VectorAddWords words, read_vector_add_words(call.arguments));
  QUARTZ_ASSIGN(std::optional<VectorSet> set, vector_set_of(call));
  if (set) {
    QUARTZ_TRY(check_same(set->collection().config(), words));
    if (!set->collection().collection().has_room() && leaves_thread(call)) return {};
  } else {
    // Making a collection writes to the disk.
    if (leaves_thread(call)) return {};
    QUARTZ_ASSIGN(set, VectorSet::create(call.server.service().vector_sets(), call.view,
                                         call.arguments[1], config_of(words), words.vector));
  }
  QUARTZ_ASSIGN(const bool added, set->put(words.element, words.vector, words.attributes));
  call.reply.boolean(added);
  return {};
}

Result<void> vrem(CommandCall& call) {
  QUARTZ_ASSIGN(std::optional<VectorSet> set, vector_set_of(call));
  bool removed = false;
  if (set) {
    QUARTZ_ASSIGN(removed, set->remove(call.arguments[2]));
  }
  call.reply.boolean(removed);
  return {};
}

Result<void> vcard(CommandCall& call) {
  QUARTZ_ASSIGN(std::optional<VectorSet> set, vector_set_of(call));
  std::uint64_t count = 0;
  if (set) {
    QUARTZ_ASSIGN(count, set->count());
  }
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}

Result<void> vdim(CommandCall& call) {
  QUARTZ_ASSIGN(const std::optional<VectorSet> set, vector_set_of(call));
  if (!set) return Error(Errc::not_found, "key does not exist");
  call.reply.integer(static_cast<std::int64_t>(set->dimensions()));
  return {};
}

/// The element that the second word names; nothing if there is none, or no key.
Result<std::optional<VectorPoint>> element_of(CommandCall& call) {
  QUARTZ_ASSIGN(std::optional<VectorSet> set, vector_set_of(call));
  if (!set) return std::optional<VectorPoint>();
  return set->get(call.arguments[2]);
}

void reply_with_raw(CommandCall& call, std::vector<float> vector) {
  double square = 0;
  for (const float component : vector) square += double{component} * double{component};
  const double length = std::sqrt(square);
  for (float& component : vector) component = static_cast<float>(component / length);
  std::string bytes(vector.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  call.reply.array(3);
  call.reply.simple(quantization_name(Quantization::none));
  call.reply.bulk(bytes);
  call.reply.real(length);
}

Result<void> vemb(CommandCall& call) {
  const bool raw = call.arguments.size() == 4;
  if (call.arguments.size() > 4 || (raw && !is_same_word(call.arguments[3], "RAW"))) {
    return syntax_error();
  }
  QUARTZ_ASSIGN(std::optional<VectorPoint> point, element_of(call));
  if (!point) {
    call.reply.null_array();
    return {};
  }
  if (raw) {
    reply_with_raw(call, std::move(point->vectors.front()));
    return {};
  }
  call.reply.array(point->vectors.front().size());
  for (const float component : point->vectors.front()) call.reply.real(component);
  return {};
}

Result<void> vgetattr(CommandCall& call) {
  QUARTZ_ASSIGN(const std::optional<VectorPoint> point, element_of(call));
  if (point && !point->payload.empty()) {
    call.reply.bulk(point->payload);
  } else {
    call.reply.null();
  }
  return {};
}

Result<void> vsetattr(CommandCall& call) {
  QUARTZ_ASSIGN(std::optional<VectorSet> set, vector_set_of(call));
  bool there = false;
  if (set) {
    if (!set->collection().collection().has_room() && leaves_thread(call)) return {};
    QUARTZ_ASSIGN(there, set->set_attributes(call.arguments[2], call.arguments[3]));
  }
  call.reply.boolean(there);
  return {};
}

Result<void> vismember(CommandCall& call) {
  QUARTZ_ASSIGN(const std::optional<VectorPoint> point, element_of(call));
  call.reply.boolean(point.has_value());
  return {};
}

void reply_with_pair(CommandCall& call, std::string_view name, std::uint64_t number) {
  call.reply.bulk(name);
  call.reply.integer(static_cast<std::int64_t>(number));
}

Result<void> vinfo(CommandCall& call) {
  QUARTZ_ASSIGN(std::optional<VectorSet> set, vector_set_of(call));
  if (!set) {
    call.reply.null_array();
    return {};
  }
  QUARTZ_ASSIGN(const std::uint64_t count, set->count());
  const VectorCollectionConfig config = set->collection().config();
  call.reply.map(8);
  call.reply.bulk("quant-type");
  call.reply.simple(quantization_name(config.index.quantization));
  reply_with_pair(call, "hnsw-m", config.index.m);
  reply_with_pair(call, "vector-dim", config.dimensions);
  reply_with_pair(call, "projection-input-dim", 0);
  reply_with_pair(call, "size", count);
  reply_with_pair(call, "max-level", set->collection().collection().graph_level());
  reply_with_pair(call, "vset-uid", set->head().generation);
  call.reply.bulk("collection");
  call.reply.bulk(set->collection().name());
  return {};
}

Result<void> reply_with_drawn(CommandCall& call, const vector::Collection& collection,
                              const DrawCount& draw) {
  std::vector<std::string> ids;
  members::DrawnBytes drawn;
  if (draw.repeats == members::Repeats::never) {
    ids = collection.random_ids(draw.count);
  } else {
    for (std::uint64_t i = 0; i < draw.count; ++i) {
      auto id = collection.random_id();
      if (!id) break;
      QUARTZ_TRY(drawn.add(id->size()));
      ids.push_back(*std::move(id));
    }
  }
  call.reply.array(ids.size());
  for (const std::string& id : ids) call.reply.bulk(id);
  return {};
}

Result<void> vrandmember(CommandCall& call) {
  if (call.arguments.size() > 3) return wrong_argument_count("vrandmember");
  const bool one = call.arguments.size() == 2;
  DrawCount draw{.count = 1};
  if (!one) {
    QUARTZ_ASSIGN(draw, draw_count_of(call.arguments[2]));
  }
  QUARTZ_ASSIGN(const std::optional<VectorSet> set, vector_set_of(call));
  if (set) QUARTZ_TRY(check_committed(*set));
  // Different ones are drawn from a list of all.
  if (set && !one && leaves_thread(call)) return {};
  if (set && !one) return reply_with_drawn(call, set->collection().collection(), draw);
  const auto id = set ? set->collection().collection().random_id() : std::nullopt;
  if (id) {
    call.reply.bulk(*id);
  } else if (one) {
    call.reply.null();
  } else {
    call.reply.array(0);
  }
  return {};
}

constexpr std::array kVectorSetCommands = {
    Command{"vadd", -5, write | denyoom | lengthy, kOneKey, CommandGroup::vector_set,
            "Adds an element with its vector, or gives it another one", vadd},
    Command{"vcard", 2, readonly | fast | lengthy, kOneKey, CommandGroup::vector_set,
            "How many elements there are", vcard},
    Command{"vdim", 2, readonly | fast | lengthy, kOneKey, CommandGroup::vector_set,
            "How many dimensions the vectors have", vdim},
    Command{"vemb", -3, readonly | fast | lengthy, kOneKey, CommandGroup::vector_set,
            "The vector of an element", vemb},
    Command{"vgetattr", 3, readonly | fast | lengthy, kOneKey, CommandGroup::vector_set,
            "The attributes of an element", vgetattr},
    Command{"vinfo", 2, readonly | fast | lengthy, kOneKey, CommandGroup::vector_set,
            "What a vector set is and holds", vinfo},
    Command{"vismember", 3, readonly | fast | lengthy, kOneKey, CommandGroup::vector_set,
            "Whether there is an element", vismember},
    Command{"vrandmember", -2, readonly | lengthy, kOneKey, CommandGroup::vector_set,
            "Any elements", vrandmember},
    Command{"vrem", 3, write | lengthy, kOneKey, CommandGroup::vector_set, "Removes an element",
            vrem},
    Command{"vsetattr", 4, write | fast | lengthy, kOneKey, CommandGroup::vector_set,
            "Gives an element other attributes", vsetattr},
};

}  // namespace

std::span<const Command> vector_set_commands() noexcept { return kVectorSetCommands; }

}  // namespace quartz::server
