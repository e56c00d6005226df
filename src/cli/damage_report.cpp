#include "cli/damage_report.hpp"

#include <boost/json/object.hpp>

namespace quartz::cli {

void print_damage(const std::vector<Damage>& damage, Console& console) {
  for (const Damage& place : damage) {
    console.print("{} {} at byte {}: {}\n", console.style().bad("damaged"), place.file,
                  place.offset, place.what);
  }
}

boost::json::array to_json(const std::vector<Damage>& damage) {
  boost::json::array list;
  for (const Damage& place : damage) {
    list.push_back(
        boost::json::object{{"file", place.file}, {"offset", place.offset}, {"what", place.what}});
  }
  return list;
}

}  // namespace quartz::cli
