// Search among the points that satisfy a condition. Teaches: filters as text and in C++, indexes of
// payloads, counting and paging through points, explain.

#include <iostream>
#include <string>
#include <vector>

#include <quartz/quartz.hpp>

int main() {
  auto engine = quartz::StorageEngine::open("./houses_db").value();

  // Filters on these fields find their points without reading payloads. Others work as well.
  auto houses =
      quartz::VectorCollection::open(
          engine, "houses",
          {.dimensions = 2,
           .metric = quartz::Metric::l2,
           .payload_indexes = {{.field = "rooms", .kind = quartz::PayloadIndexKind::integer},
                               {.field = "city", .kind = quartz::PayloadIndexKind::keyword}}})
          .value();

  // One batch: all of them or none, and faster than one by one.
  quartz::WriteBatch batch;
  for (int i = 0; i < 100; ++i) {
    const int street = i / 10;
    const std::vector<float> place = {static_cast<float>(i % 10), static_cast<float>(street)};
    const std::string payload = R"({"rooms": )" + std::to_string(i % 5 + 1) + R"(, "city": ")" +
                                (i < 50 ? "north" : "south") + R"("})";
    batch.upsert(houses, "house:" + std::to_string(i), place, payload);
  }
  engine.write(batch).value();

  // A filter is parsed once and can be used again. A mistake in it is an error, with its place.
  const auto wanted = quartz::Filter::parse("rooms >= 3 and city == 'north'");
  if (!wanted) {
    std::cerr << wanted.error().message() << '\n';
    return 1;
  }
  std::cout << houses.count(*wanted).value() << " of " << houses.count() << " houses match\n";

  const std::vector<float> here = {4.2F, 3.1F};
  const auto told = houses.explain(here, {.k = 3, .filter = *wanted, .with_payload = true}).value();
  std::cout << "by " << told.plan << " (" << told.reason << "):\n";
  for (const auto& hit : told.hits) {
    std::cout << "  " << hit.id << " at a squared distance of " << hit.score << ": " << hit.payload
              << '\n';
  }

  // The same conditions in C++, and all points that match, page by page.
  const quartz::Filter small = quartz::field("rooms") == 1 && quartz::field("city") == "south";
  std::string after;
  std::size_t pages = 0;
  while (true) {
    const auto page = houses.scroll({.after = after, .limit = 4, .filter = small}).value();
    if (page.empty()) break;
    after = page.back().id;
    ++pages;
  }
  std::cout << "small houses in the south fill " << pages << " pages\n";
}
