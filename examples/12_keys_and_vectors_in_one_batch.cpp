// Keep a document, its place in an index of keys and its vector together. Teaches: keys and points
// in one atomic batch, one durability for both, what a failed batch leaves.

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <quartz/quartz.hpp>

namespace {

// The text under a key, the newest of an author under another, and the point that finds it.
quartz::Result<void> store(quartz::StorageEngine& engine, const quartz::VectorCollection& articles,
                           std::string_view id, std::string_view author, std::string_view text,
                           const std::vector<float>& embedding) {
  quartz::WriteBatch batch;
  batch.put("text:" + std::string(id), text)
      .put("newest:" + std::string(author), id)
      .upsert(articles, id, embedding, R"({"author": ")" + std::string(author) + R"("})");
  // One record in the log. It survives power loss when this returns, and no crash leaves a part.
  return engine.write(batch, {.durability = quartz::Durability::disk});
}

}  // namespace

int main() {
  auto engine = quartz::StorageEngine::open("./articles_db").value();
  auto articles = quartz::VectorCollection::open(engine, "articles", {.dimensions = 3}).value();

  store(engine, articles, "article:1", "alice", "On radix trees", {1.0F, 0.2F, 0.0F}).value();
  store(engine, articles, "article:2", "bob", "On graphs", {0.1F, 1.0F, 0.3F}).value();

  // A vector of two dimensions is refused, and with it everything else in the batch.
  const auto refused = store(engine, articles, "article:3", "bob", "On nothing", {1.0F, 1.0F});
  std::cout << refused.error().to_string() << '\n';
  std::cout << "bob's newest is still " << engine.get("newest:bob").value().value() << '\n';

  // A hit's id leads to the keys.
  const std::vector<float> query = {0.9F, 0.3F, 0.0F};
  const auto hits = articles.search(query, {.k = 1}).value();
  for (const auto& hit : hits) {
    std::cout << hit.id << ": " << engine.get("text:" + hit.id).value().value() << '\n';
  }

  // Removed together as well.
  quartz::WriteBatch removal;
  removal.remove("text:article:1").remove("newest:alice").remove(articles, "article:1");
  engine.write(removal).value();
  std::cout << articles.count() << " article is left\n";
}
