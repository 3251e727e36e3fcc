#include "stages/config/chaos_config.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "stages/config/value_reader.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;
using Key = MapKey<ChaosOptions>;

constexpr std::string_view kBlanks = " \t";
constexpr char kBetweenEntries = ',';
constexpr char kBetweenStages = '+';

bool read_throw_at(const ValueReader& value, ChaosOptions& into) {
  std::uint64_t record = 0;
  if (!value.count(record, 1)) return false;
  into.throw_at = record;
  return true;
}

bool read_stages(const ValueReader& value, ChaosOptions& into) {
  if (!value.is(Kind::list)) return value.wanted("a list of stages");
  if (value.value().items.empty())
    return value.problem("this list names no stage", "leave `stages` out for all");
  bool right = true;
  for (std::size_t i = 0; i < value.value().items.size(); ++i)
    right = value.item(i).text(into.stages.emplace_back(), "the name of a stage") && right;
  return right;
}

struct DescribedKey {
  Key key;
  std::string_view example;
  std::string_view summary;
};

constexpr std::array kDescribedKeys = {
    DescribedKey{
        {"throw", [](const ValueReader& value, ChaosOptions& into) { return value.share(into.throw_share); }},
        "1%",
        "of the records throw when they are first processed"},
    DescribedKey{
        {"throws_per_record",
         [](const ValueReader& value, ChaosOptions& into) { return value.count(into.throws_per_record, 1); }},
        "2",
        "so many of their first attempts do; 1 unless said"},
    DescribedKey{{"at_record", read_throw_at}, "1000", "each stage throws once, at its so many'th record"},
    DescribedKey{
        {"delay", [](const ValueReader& value, ChaosOptions& into) { return value.share(into.delay_share); }},
        "5%",
        "of the calls begin later"},
    DescribedKey{{"delay_max", [](const ValueReader& value,
                                  ChaosOptions& into) { return value.positive_duration(into.delay); }},
                 "10ms",
                 "by up to so much; 1ms unless said"},
    DescribedKey{{"opens", [](const ValueReader& value,
                              ChaosOptions& into) { return value.count(into.failed_opens); }},
                 "2",
                 "so many times a stage that is rebuilt cannot be opened"},
    DescribedKey{{"finish", [](const ValueReader& value,
                               ChaosOptions& into) { return value.share(into.finish_share); }},
                 "50%",
                 "of the stages throw once when their input has ended"},
    DescribedKey{
        {"seed", [](const ValueReader& value, ChaosOptions& into) { return value.count(into.seed); }},
        "7",
        "the same seed gives the same faults; 1 unless said"},
    DescribedKey{{"stages", read_stages}, "late+by_day", "only in these; else in all that can recover"},
};

constexpr auto kKeys = [] {
  std::array<Key, kDescribedKeys.size()> keys{};
  for (std::size_t i = 0; i < keys.size(); ++i)
    keys[i] = kDescribedKeys[i].key;
  return keys;
}();

bool check_stages(const ValueReader& stages, const std::vector<std::string>& stage_names) {
  bool right = true;
  for (std::size_t i = 0; i < stages.value().items.size(); ++i) {
    const std::string& name = stages.value().items[i].text;
    if (std::find(stage_names.begin(), stage_names.end(), name) != stage_names.end()) continue;
    right = stages.item(i).problem("there is no stage `" + name + "`", suggest_name(name, stage_names));
  }
  return right;
}

// What is asked for and would do nothing.
bool check_use(const ValueReader& map, const ChaosOptions& options) {
  if (options.delay_share == 0 && map.value().find("delay_max") != nullptr)
    return map.problem("`delay_max` does nothing without `delay`, the share of calls",
                       "for example delay: 5%");
  if (options.throw_share == 0 && map.value().find("throws_per_record") != nullptr)
    return map.problem("`throws_per_record` does nothing without `throw`, the share of records",
                       "for example throw: 1%");
  const bool injects = options.throw_share > 0 || options.throw_at || options.delay_share > 0 ||
                       options.failed_opens > 0 || options.finish_share > 0;
  return injects || map.problem("this asks for no fault", "for example throw: 1%");
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return text.substr(0, 0);
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// Calls `each` with the parts of a text between separators, without blanks around them.
template <class Each>
void for_each_part(std::string_view text, char separator, const Each& each) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    each(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
}

// Makes the values of a text's map, each with the column at which it stands.
class TextValues {
 public:
  TextValues(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Location place(std::string_view part) const {
    return {file_, 1, static_cast<std::size_t>(part.data() - text_.data()) + 1};
  }
  ConfigValue scalar(std::string_view part) const {
    ConfigValue value;
    value.kind = Kind::scalar;
    value.text = part;
    value.where = place(part);
    return value;
  }
  ConfigValue list(std::string_view part) const {
    ConfigValue value;
    value.kind = Kind::list;
    value.where = place(part);
    for_each_part(part, kBetweenStages, [&](std::string_view item) { value.items.push_back(scalar(item)); });
    return value;
  }

 private:
  std::string_view text_;
  const std::string& file_;
};

std::string share_text(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.10g%%", share * 100);
  return text.data();
}

std::string duration_text(Duration duration) {
  using namespace std::chrono_literals;
  if (duration % 1ms == 0ms) return std::to_string(duration / 1ms) + "ms";
  return std::to_string(duration / 1us) + "us";
}

}  // namespace

const std::vector<ChaosKeyText>& chaos_key_texts() {
  static const std::vector<ChaosKeyText> texts = [] {
    std::vector<ChaosKeyText> all;
    for (const DescribedKey& described : kDescribedKeys)
      all.push_back({described.key.name, described.example, described.summary});
    return all;
  }();
  return texts;
}

std::optional<ChaosOptions> read_chaos(const ConfigValue& chaos, const std::vector<std::string>& stage_names,
                                       Problems& problems) {
  const ValueReader map(chaos, "chaos", problems);
  ChaosOptions options;
  bool right = read_map(map, "chaos option", kKeys, options);
  for (std::size_t i = 0; right && i < chaos.entries.size(); ++i) {
    if (chaos.entries[i].key == "stages") right = check_stages(map.entry(i), stage_names);
  }
  if (!right || !check_use(map, options)) return std::nullopt;
  return options;
}

std::optional<ConfigValue> chaos_map(std::string_view text, const std::string& file, Problems& problems) {
  const TextValues values(text, file);
  ConfigValue map;
  map.kind = Kind::map;
  map.where = {file, 1, 1};
  bool right = true;
  for_each_part(text, kBetweenEntries, [&](std::string_view part) {
    const std::size_t equals = part.find('=');
    const std::string key(trimmed(part.substr(0, equals)));
    if (equals == std::string_view::npos || key.empty()) {
      problems.add({values.place(part), "chaos", "this wants KEY=VALUE, not `" + std::string(part) + "`",
                    "for example throw=1%,seed=7", std::max<std::size_t>(1, part.size())});
      right = false;
    } else if (map.find(key) != nullptr) {
      problems.add({values.place(part), "chaos." + key, "the key `" + key + "` is given twice",
                    "remove one of them", key.size()});
      right = false;
    } else {
      const std::string_view value = trimmed(part.substr(equals + 1));
      map.entries.emplace_back(key, key == "stages" ? values.list(value) : values.scalar(value));
      map.keys.push_back(values.place(part));
    }
  });
  if (!right) return std::nullopt;
  return map;
}

std::string chaos_text(const ChaosOptions& options) {
  const ChaosOptions standard;
  std::string text;
  const auto add = [&](std::string_view key, const std::string& value) {
    text += (text.empty() ? "" : ",") + std::string(key) + "=" + value;
  };
  if (options.throw_share > 0) add("throw", share_text(options.throw_share));
  if (options.throw_share > 0 && options.throws_per_record != standard.throws_per_record)
    add("throws_per_record", std::to_string(options.throws_per_record));
  if (options.throw_at) add("at_record", std::to_string(*options.throw_at));
  if (options.delay_share > 0) add("delay", share_text(options.delay_share));
  if (options.delay_share > 0 && options.delay != standard.delay)
    add("delay_max", duration_text(options.delay));
  if (options.failed_opens > 0) add("opens", std::to_string(options.failed_opens));
  if (options.finish_share > 0) add("finish", share_text(options.finish_share));
  if (options.seed != standard.seed) add("seed", std::to_string(options.seed));
  std::string stages;
  for (const std::string& stage : options.stages)
    stages += (stages.empty() ? "" : "+") + stage;
  if (!stages.empty()) add("stages", stages);
  return text;
}

}  // namespace weir
