// drop: leaves columns out.

#include <algorithm>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/chosen_columns.hpp"
#include "stages/transforms/column_names.hpp"

namespace weir {
namespace {

class DropPlan final : public ChosenColumnsPlan {
 public:
  explicit DropPlan(const Options& options) : columns_(read_column_names(options, "columns")) {}

 private:
  std::vector<Chosen> choose(const Schema& input, Problems& problems) const override {
    std::vector<bool> dropped(input.size(), false);
    for (const ConfiguredName& name : columns_)
      if (const auto column = find_column(name, input, problems)) dropped[*column] = true;
    std::vector<Chosen> kept;
    for (std::size_t column = 0; column < input.size(); ++column)
      if (!dropped[column]) kept.push_back({column, input[column].name});
    if (kept.empty() && input.size() > 0 && !columns_.empty()) {
      problems.add({columns_.front().where, columns_.front().field, "this leaves no column at all",
                    "leave one of the columns, or the whole stage, out"});
    }
    return kept;
  }

  std::vector<ConfiguredName> columns_;
};

std::unique_ptr<StagePlan> plan_drop(const Options& options) { return std::make_unique<DropPlan>(options); }

}  // namespace

StageDescription describe_drop() {
  StageDescription description;
  description.type = "drop";
  description.summary = "Leaves columns out, and keeps the others.";
  description.details =
      "Columns that no later stage needs are not even read, so `drop` is about what is written.";
  description.example = "type: drop\ncolumns: [delay, distance]\n";
  description.inputs = {{"in", "the records with all columns"}};
  description.outputs = {{"out", "the same records with fewer columns"}};
  description.options = {{"columns", "names", true, "The columns to leave out.", ""}};
  description.plan = plan_drop;
  return description;
}

}  // namespace weir
