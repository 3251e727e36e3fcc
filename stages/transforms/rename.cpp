// rename: gives columns other names.

#include <algorithm>
#include <set>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/chosen_columns.hpp"
#include "stages/transforms/column_names.hpp"

namespace weir {
namespace {

class RenamePlan final : public ChosenColumnsPlan {
 public:
  explicit RenamePlan(const Options& options) {
    const std::size_t problems_before = options.problems().all().size();
    const auto names = options.name_map("columns");
    if (options.problems().all().size() > problems_before) return;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const ConfigValue& map = *options.value("columns");
      renamed_.push_back({name_of_entry(map, i, options.stage() + ".columns"),
                          {names[i].second, map.entries[i].value.where, options.stage() + ".columns"}});
    }
  }

 private:
  struct Renamed {
    ConfiguredName old_name;
    ConfiguredName new_name;
  };

  std::vector<Chosen> choose(const Schema& input, Problems& problems) const override {
    std::vector<Chosen> chosen;
    for (std::size_t column = 0; column < input.size(); ++column)
      chosen.push_back({column, input[column].name});
    for (const Renamed& each : renamed_) {
      if (const auto column = find_column(each.old_name, input, problems))
        chosen[*column].name = each.new_name.name;
    }
    check_names(chosen, problems);
    return chosen;
  }

  // Names may change places, so that they are checked once all are given.
  void check_names(const std::vector<Chosen>& chosen, Problems& problems) const {
    for (const Renamed& each : renamed_) {
      const auto same = [&](const Chosen& column) { return column.name == each.new_name.name; };
      if (each.new_name.name.empty()) {
        problems.add({each.new_name.where, each.new_name.field, "a column needs a name",
                      "write {old_name: new_name}"});
      } else if (std::count_if(chosen.begin(), chosen.end(), same) > 1) {
        report_taken_name(each.new_name, problems);
      }
    }
  }

  std::vector<Renamed> renamed_;
};

std::unique_ptr<StagePlan> plan_rename(const Options& options) {
  return std::make_unique<RenamePlan>(options);
}

}  // namespace

StageDescription describe_rename() {
  StageDescription description;
  description.type = "rename";
  description.summary = "Gives columns other names.";
  description.details =
      "Columns stay in their places, and those that are not named keep their names. Two may change names "
      "with "
      "each other.";
  description.example = "type: rename\ncolumns: {dest: destination, dep: departure}\n";
  description.inputs = {{"in", "the records with the old names"}};
  description.outputs = {{"out", "the same records with the new names"}};
  description.options = {{"columns", "names", true, "A map from old names to new ones.", ""}};
  description.plan = plan_rename;
  return description;
}

}  // namespace weir
