#include "cli/collection_search.hpp"

#include "base/try.hpp"
#include "cli/neighbour_rows.hpp"

namespace quartz::cli {
namespace {

class CollectionSearch final : public MeasuredSearch {
 public:
  explicit CollectionSearch(const VectorCollection& collection) : collection_(collection) {}

  Result<void> search(std::span<const float> query, std::size_t k, std::size_t ef,
                      std::vector<std::uint64_t>& rows) override {
    QUARTZ_ASSIGN(const auto hits, collection_.search(query, {.k = k, .ef_search = ef}));
    QUARTZ_ASSIGN(rows, rows_of(hits));
    return {};
  }

 private:
  VectorCollection collection_;
};

}  // namespace

std::unique_ptr<MeasuredSearch> make_collection_search(const VectorCollection& collection) {
  return std::make_unique<CollectionSearch>(collection);
}

}  // namespace quartz::cli
