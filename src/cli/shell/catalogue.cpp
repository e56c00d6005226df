#include "cli/shell/catalogue.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"
#include "cli/shell/words.hpp"

namespace quartz::cli {
namespace {

constexpr std::string_view kHelp = "\\help";

std::string lower_case(std::string_view text) {
  std::string lower;
  std::ranges::transform(text, std::back_inserter(lower), to_lower);
  return lower;
}

std::string in_case_of(std::string_view model, std::string_view text) {
  const bool small = !model.empty() && model.front() >= 'a' && model.front() <= 'z';
  if (small) return std::string(text);
  std::string upper;
  std::ranges::transform(text, std::back_inserter(upper), to_upper);
  return upper;
}

bool begins_with(std::string_view name, std::string_view word) noexcept {
  return is_same_word(name.substr(0, word.size()), word);
}

}  // namespace

Catalogue::Catalogue(const ReplyTree& names, const ReplyTree& documents) {
  for (const ReplyTree& each : names.elements) {
    const std::string name = lower_case(each.text);
    const std::size_t bar = name.find('|');
    if (name.empty()) continue;
    CatalogueEntry& entry = entries_[name.substr(0, bar)];
    if (bar != std::string::npos) entry.subcommands.push_back(name.substr(bar + 1));
  }
  for (auto& [name, entry] : entries_) {
    std::ranges::sort(entry.subcommands);
    const ReplyTree* const told = documents.find(name);
    if (told == nullptr) continue;
    if (const ReplyTree* const summary = told->find("summary")) entry.summary = summary->text;
    if (const ReplyTree* const group = told->find("group")) entry.group = group->text;
  }
}

const CatalogueEntry* Catalogue::find(std::string_view name) const {
  const auto found = entries_.find(lower_case(name));
  return found == entries_.end() ? nullptr : &found->second;
}

std::string Completion::common_beginning() const {
  if (candidates.empty()) return {};
  std::string_view common = candidates.front();
  for (const std::string& each : candidates) {
    const auto differs = std::ranges::mismatch(common, each);
    common = common.substr(0, static_cast<std::size_t>(differs.in1 - common.begin()));
  }
  return std::string(common);
}

Completion complete(const Catalogue& catalogue, const std::vector<std::string>& own_commands,
                    std::string_view line) {
  const std::size_t blank = line.find_last_of(' ');
  Completion completion{.from = blank == std::string_view::npos ? 0 : blank + 1};
  const std::string_view word = line.substr(completion.from);
  const std::vector<std::string> before = rough_words(line.substr(0, completion.from));
  const auto add = [&](std::string_view name) {
    if (begins_with(name, word)) completion.candidates.push_back(in_case_of(word, name));
  };
  const bool helps = before.size() == 1 && before.front() == kHelp;
  if (before.empty() && word.starts_with('\\')) {
    std::ranges::copy_if(own_commands, std::back_inserter(completion.candidates),
                         [&](const std::string& each) { return each.starts_with(word); });
  } else if (before.empty() || helps) {
    for (const auto& [name, entry] : catalogue.entries()) add(name);
  } else if (before.size() == 1) {
    const CatalogueEntry* const entry = catalogue.find(before.front());
    if (entry == nullptr) return completion;
    for (const std::string& subcommand : entry->subcommands) add(subcommand);
  }
  return completion;
}

}  // namespace quartz::cli
