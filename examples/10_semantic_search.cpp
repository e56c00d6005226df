// Find sentences that are like a question. Teaches: a collection of vectors, storing points with
// payloads, searching, scores.
//
// Applications take their vectors from an embedding model. To need none, this one counts pieces of
// three letters, which finds words of the same spelling and knows nothing of what they mean.

#include <array>
#include <cctype>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <quartz/quartz.hpp>

namespace {

constexpr std::size_t kDimensions = 256;

std::vector<float> embed(std::string_view text) {
  std::string letters = " ";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    letters += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : ' ';
  }
  letters += ' ';
  std::vector<float> vector(kDimensions);
  for (std::size_t at = 0; at + 3 <= letters.size(); ++at) {
    std::uint32_t hash = 2166136261u;  // FNV-1a: the same on every machine.
    for (const char c : letters.substr(at, 3)) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    }
    vector[hash % kDimensions] += 1;
  }
  return vector;
}

}  // namespace

int main() {
  auto engine = quartz::StorageEngine::open("./notes_db").value();

  // The number of dimensions and the metric stay for the life of the collection.
  auto notes = quartz::VectorCollection::open(
                   engine, "notes", {.dimensions = kDimensions, .metric = quartz::Metric::cosine})
                   .value();

  constexpr std::array<std::string_view, 5> kTexts = {
      "The memtable is an index over the log.",
      "Compaction merges sorted tables into deeper levels.",
      "A snapshot shows all keyspaces as of one moment.",
      "Cats sleep for two thirds of their lives.",
      "Every write is a record in the write-ahead log.",
  };
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    // What a hit brings along is the payload: a JSON object. These texts need no escaping.
    notes
        .upsert("note:" + std::to_string(i), embed(kTexts[i]),
                R"({"text": ")" + std::string(kTexts[i]) + R"("})")
        .value();
  }

  for (const std::string_view question : {"writes and their logs", "merging of tables"}) {
    std::cout << question << '\n';
    const auto hits = notes.search(embed(question), {.k = 2, .with_payload = true}).value();
    // The cosine of the angle: 1 for the same direction, about 0 for nothing in common.
    for (const auto& hit : hits) {
      std::cout << "  " << hit.score << ' ' << hit.id << ' ' << hit.payload << '\n';
    }
  }
}
