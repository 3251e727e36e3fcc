// check: refuses the records that break a rule.

#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/condition.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/projection.hpp"

namespace weir {
namespace {

struct Rule {
  std::string reason;
  BoundExpression condition;
};

class CheckTransform final : public Transform {
 public:
  explicit CheckTransform(std::vector<Rule> rules) : rules_(std::move(rules)) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    const RowErrors broken = find_broken(batch);
    if (broken.empty()) {
      out.emit(input.batch);
      return kDone;
    }
    const RowSet kept = reject_failed_rows(batch.row_set(), broken, out);
    if (kept.size() > 0) out.emit(batch.with_rows(kept));
    return kDone;
  }

 private:
  // The rows that break rules, with all that is wrong with each.
  RowErrors find_broken(const RecordBatch& batch) const {
    std::vector<std::string> reasons;  // by physical row, made with the first
    for (const Rule& rule : rules_) {
      RowErrors errors;
      const ColumnPtr condition = rule.condition.evaluate(batch, errors);
      const auto add = [&](std::size_t row, const std::string& reason) {
        if (reasons.empty()) reasons.resize(batch.physical_rows());
        reasons[row] += (reasons[row].empty() ? "" : "; ") + reason;
      };
      for (const RowErrors::Entry& error : errors.entries())
        add(error.physical_row, rule.reason + " (cannot be computed: " + error.message + ")");
      for (const std::uint32_t row : rows_where(batch.row_set(), *condition, false))
        if (!errors.contains(row)) add(row, rule.reason);
    }
    RowErrors broken;
    if (reasons.empty()) return broken;
    batch.row_set().for_each([&](std::size_t row) {
      if (!reasons[row].empty()) broken.add(row, "the record breaks a rule: " + std::move(reasons[row]));
    });
    return broken;
  }

  std::vector<Rule> rules_;
};

class CheckPlan final : public StagePlan {
 public:
  explicit CheckPlan(const Options& options) : variables_(options.variables()) {
    const ConfigValue* rules = options.value("rules");
    if (rules == nullptr) return;
    if (rules->kind != ConfigValue::Kind::map || rules->entries.empty()) {
      options.problem("rules", "this wants rules, each with the reason for which it refuses",
                      "write {reason: condition, ...}");
    } else {
      configured_ = options.expressions("rules");
    }
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    rules_.clear();
    for (const ConfiguredExpression& each : configured_) {
      if (auto bound = bind_condition(each, inputs[0], variables_, "a rule", problems))
        rules_.push_back({each.name, *std::move(bound)});
    }
    return {inputs[0]};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    Needs needs = outputs[0];
    for (const Rule& rule : rules_)
      add_needs(rule.condition, Need::value, needs);
    return {std::move(needs)};
  }

  StageSpec make() const override {
    StageSpec spec;
    spec.body = TransformSpec{[rules = rules_] { return std::make_unique<CheckTransform>(rules); },
                              {.concurrency = Concurrency::stateless, .maps_records = true}};
    return spec;
  }

 private:
  std::vector<ConfiguredExpression> configured_;
  VariableLookup variables_;
  std::vector<Rule> rules_;
};

std::unique_ptr<StagePlan> plan_check(const Options& options) { return std::make_unique<CheckPlan>(options); }

}  // namespace

StageDescription describe_check() {
  StageDescription description;
  description.type = "check";
  description.summary = "Refuses the records that break a rule, and passes on the others.";
  description.details =
      "Each rule is a condition with the reason that is given where it is false or NULL. A record that "
      "breaks rules "
      "is a record error that names all of them: `on_error` says what becomes of it (without it, the run "
      "fails), "
      "and with `on_error: dead_letter` it leaves by `errors` with the reasons. Where NULL is all right, say "
      "so: "
      "`delay is null or delay < 600`. Nothing is copied or held.";
  description.example =
      "type: check\nrules:\n  delay is plausible: delay between -120 and 3000\n"
      "  goes somewhere: origin <> destination\non_error: dead_letter\n";
  description.inputs = {{"in", "the records to check"}};
  description.outputs = {{"out", "the records that keep all rules"}};
  description.options = {{"rules", "conditions", true, "A map from reasons to conditions in SQL.", ""}};
  description.plan = plan_check;
  return description;
}

}  // namespace weir
