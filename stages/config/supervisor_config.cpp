#include "stages/config/supervisor_config.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "stages/config/backoff_config.hpp"
#include "stages/config/names.hpp"
#include "stages/config/value_reader.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

constexpr std::array kStrategies = {
    std::pair<std::string_view, Strategy>{"one_for_one", Strategy::one_for_one},
    std::pair<std::string_view, Strategy>{"rest_for_one", Strategy::rest_for_one},
    std::pair<std::string_view, Strategy>{"one_for_all", Strategy::one_for_all},
};

// A group as it is written, before names are looked up.
struct GroupText {
  RestartPolicy policy = {};
  std::uint64_t seed = 1;
  const ConfigValue* stages = nullptr;
  const ConfigValue* parent = nullptr;
  const ConfigValue* groups = nullptr;
};
using Key = MapKey<GroupText>;

constexpr Key kStrategy = {"strategy", [](const ValueReader& value, GroupText& into) {
                             return value.choice(into.policy.strategy, kStrategies);
                           }};
constexpr Key kMaxRestarts = {"max_restarts", [](const ValueReader& value, GroupText& into) {
                                return value.count(into.policy.max_restarts);
                              }};
constexpr Key kWithin = {"within", [](const ValueReader& value, GroupText& into) {
                           return value.positive_duration(into.policy.within);
                         }};
constexpr Key kBackoff = {"backoff", [](const ValueReader& value, GroupText& into) {
                            return read_backoff(value, into.policy.backoff);
                          }};
constexpr Key kHealthyAfter = {"healthy_after", [](const ValueReader& value, GroupText& into) {
                                 return value.duration(into.policy.healthy_after);
                               }};
constexpr Key kSeed = {"seed",
                       [](const ValueReader& value, GroupText& into) { return value.count(into.seed); }};
constexpr Key kGroups = {"groups", [](const ValueReader& value, GroupText& into) {
                           into.groups = &value.value();
                           return true;
                         }};
constexpr Key kStages = {"stages", [](const ValueReader& value, GroupText& into) {
                           into.stages = &value.value();
                           return true;
                         }};
constexpr Key kParent = {"parent", [](const ValueReader& value, GroupText& into) {
                           into.parent = &value.value();
                           return true;
                         }};

constexpr std::array kTopKeys = {kStrategy, kMaxRestarts, kWithin, kBackoff, kHealthyAfter, kSeed, kGroups};
constexpr std::array kGroupKeys = {kStages,  kStrategy,     kMaxRestarts, kWithin,
                                   kBackoff, kHealthyAfter, kParent,      kGroups};

class SupervisorReader {
 public:
  SupervisorReader(const std::vector<std::string>& stage_names, Problems& problems)
      : stage_names_(stage_names), problems_(problems) {}

  SupervisorConfig read(const ConfigValue& supervisor) {
    GroupText text;
    read_map(ValueReader(supervisor, "supervisor", problems_), "supervisor option", kTopKeys, text);
    config_.policy = text.policy;
    config_.seed = text.seed;
    if (text.groups != nullptr) read_groups(*text.groups, "supervisor.groups", {});
    resolve_parents();
    report_empty_groups();
    put_parents_first();
    return std::move(config_);
  }

 private:
  struct Draft {
    Location where;
    std::string field;
    const ConfigValue* parent = nullptr;  ///< as written, where it is
    bool has_stages = false;              ///< or was reported for not having any
  };

  void read_groups(const ConfigValue& groups, const std::string& field, const std::string& parent) {
    const ValueReader reader(groups, field, problems_);
    if (!reader.is(Kind::map)) {
      reader.wanted("groups by name, {name: {stages: [...], ...}}");
      return;
    }
    for (std::size_t i = 0; i < groups.entries.size(); ++i) {
      if (may_be_called(reader, i))
        read_group(reader.entry(i), groups.entries[i].key, groups.keys[i], parent);
    }
  }

  bool may_be_called(const ValueReader& groups, std::size_t index) {
    const std::string& name = groups.value().entries[index].key;
    if (!is_name(name)) return groups.problem_at_key(index, not_a_name(name));
    const auto other = drafts_.find(name);
    if (other == drafts_.end()) return true;
    return groups.problem_at_key(index,
                                 "two groups are called `" + name + "`; the first is in line " +
                                     std::to_string(other->second.where.line),
                                 "give one of them another name");
  }

  void read_group(const ValueReader& group, const std::string& name, const Location& where,
                  const std::string& parent) {
    GroupText text;
    read_map(group, "group option", kGroupKeys, text);
    config_.groups.push_back({name, parent, text.policy});
    drafts_[name] = {where, group.field(), text.parent, text.stages != nullptr || !group.is(Kind::map)};
    if (text.stages != nullptr) read_members(*text.stages, group.field() + ".stages", name);
    if (text.groups != nullptr) read_groups(*text.groups, group.field() + ".groups", name);
  }

  void read_members(const ConfigValue& stages, const std::string& field, const std::string& group) {
    const ValueReader reader(stages, field, problems_);
    if (!reader.is(Kind::list)) {
      reader.wanted("a list of stages");
      return;
    }
    if (stages.items.empty()) reader.problem("this list names no stage");
    for (std::size_t i = 0; i < stages.items.size(); ++i)
      read_member(reader.item(i), group);
  }

  void read_member(const ValueReader& value, const std::string& group) {
    std::string stage;
    if (!value.text(stage, "the name of a stage")) return;
    if (std::find(stage_names_.begin(), stage_names_.end(), stage) == stage_names_.end()) {
      value.problem("there is no stage `" + stage + "`", suggest_name(stage, stage_names_));
      return;
    }
    const std::string other = config_.group_of(stage);
    if (!other.empty()) {
      value.problem("the stage `" + stage + "` is in the group `" + other + "` already",
                    "a stage belongs to one group");
      return;
    }
    config_.members.push_back({stage, group});
  }

  void resolve_parents() {
    for (SupervisionGroup& group : config_.groups) {
      const Draft& draft = drafts_[group.name];
      if (draft.parent == nullptr) continue;
      const ValueReader value(*draft.parent, draft.field + ".parent", problems_);
      std::string parent;
      if (!value.text(parent, "the name of a group")) continue;
      if (!group.parent.empty()) {
        value.problem("`" + group.name + "` stands inside the group `" + group.parent + "`",
                      "remove `parent`");
      } else if (!drafts_.contains(parent)) {
        value.problem("there is no group `" + parent + "`", suggest_name(parent, group_names()));
      } else if (is_within(parent, group.name)) {
        value.problem("`" + parent + "` belongs to `" + group.name + "` itself",
                      "a group cannot be above itself");
      } else {
        group.parent = parent;
      }
    }
  }

  // Whether `group` is `other`, or below it. Groups are never within themselves, because that is refused.
  bool is_within(const std::string& group, const std::string& other) const {
    for (std::string at = group; !at.empty(); at = find(at)->parent) {
      if (at == other) return true;
    }
    return false;
  }

  const SupervisionGroup* find(const std::string& name) const {
    return &*std::find_if(config_.groups.begin(), config_.groups.end(),
                          [&](const SupervisionGroup& group) { return group.name == name; });
  }

  std::vector<std::string> group_names() const {
    std::vector<std::string> names;
    for (const SupervisionGroup& group : config_.groups)
      names.push_back(group.name);
    return names;
  }

  void report_empty_groups() {
    for (const SupervisionGroup& group : config_.groups) {
      const auto is_child = [&](const SupervisionGroup& each) { return each.parent == group.name; };
      const Draft& draft = drafts_[group.name];
      if (draft.has_stages || std::any_of(config_.groups.begin(), config_.groups.end(), is_child)) continue;
      problems_.add({draft.where, draft.field, "the group `" + group.name + "` has neither stages nor groups",
                     "give it `stages: [...]`, or remove it", group.name.size()});
    }
  }

  void put_parents_first() {
    const auto depth = [&](const SupervisionGroup& group) {
      std::size_t depth = 0;
      for (std::string at = group.parent; !at.empty(); at = find(at)->parent)
        ++depth;
      return depth;
    };
    std::vector<std::pair<std::size_t, SupervisionGroup>> ranked;
    for (const SupervisionGroup& group : config_.groups)
      ranked.emplace_back(depth(group), group);
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    config_.groups.clear();
    for (auto& [rank, group] : ranked)
      config_.groups.push_back(std::move(group));
  }

  const std::vector<std::string>& stage_names_;
  Problems& problems_;
  SupervisorConfig config_;
  std::map<std::string, Draft> drafts_;  ///< by the group's name
};

}  // namespace

std::string SupervisorConfig::group_of(const std::string& stage) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.stage == stage; });
  return found == members.end() ? std::string() : found->group;
}

SupervisorConfig read_supervisor(const ConfigValue& supervisor, const std::vector<std::string>& stage_names,
                                 Problems& problems) {
  return SupervisorReader(stage_names, problems).read(supervisor);
}

}  // namespace weir
