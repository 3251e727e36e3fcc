// window: columns computed over the records around each one.

#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/best_stage.hpp"
#include "stages/transforms/window_stage.hpp"

namespace weir {
namespace {

class WindowPlan final : public StagePlan {
 public:
  explicit WindowPlan(const Options& options)
      : partition_by_(options.expressions("partition_by")),
        order_by_(options.sort_keys("order_by")),
        variables_(options.variables()) {
    const ConfigValue* set = options.value("set");
    if (set == nullptr) return;
    if (set->kind != ConfigValue::Kind::map || set->entries.empty()) {
      options.problem("set", "this wants new columns with window functions", "write {name: row_number()}");
    } else {
      set_ = options.expressions("set");
    }
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    const Schema& input = inputs[0];
    stage_ = {};
    stage_.partition = bind_all(partition_by_, input, variables_, problems);
    std::vector<ConfiguredExpression> order;
    for (const SortKey& key : order_by_) {
      order.push_back(key.expression);
      stage_.spec.descending.push_back(key.descending);
    }
    stage_.keys = bind_all(order, input, variables_, problems);
    for (const ConfiguredExpression& each : set_)
      bind_call(each, input, problems);
    stage_.settle(input);
    return {*stage_.schema};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    return {stage_.keep_needed(outputs[0])};
  }
  StageSpec make() const override { return stage_.make(); }

 private:
  void bind_call(const ConfiguredExpression& each, const Schema& input, Problems& problems) {
    for (const Field& field : input) {
      if (field.name != each.name) continue;
      problems.add({each.where, each.field, "the input has a column `" + each.name + "` already",
                    "give the new one another name", each.written.size()});
    }
    try {
      stage_.spec.calls.push_back(bind_window_call(each, input, variables_));
    } catch (const ExpressionError& error) {
      stage_.spec.calls.push_back({WindowFunction::row_number, {}, 1, {each.name, Type::int64}});
      report(problems, each, error);
    }
  }

  std::vector<ConfiguredExpression> partition_by_;
  std::vector<SortKey> order_by_;
  std::vector<ConfiguredExpression> set_;
  VariableLookup variables_;
  WindowStage stage_;
};

std::unique_ptr<StagePlan> plan_window(const Options& options) {
  return std::make_unique<WindowPlan>(options);
}

}  // namespace

StageDescription describe_window() {
  StageDescription description;
  description.type = "window";
  description.summary =
      "Adds columns computed over the records around each one: ranks, neighbours, running sums.";
  description.details =
      "Records are divided by `partition_by` and put in order by `order_by` (unless said, as they came; "
      "equal ones "
      "stay so); they come out in the order of the input. Each column of `set` is one window function:\n"
      "  row_number()                  1, 2, 3 ... in the partition\n"
      "  rank(), dense_rank()          the same number for equal records; with and without gaps after them\n"
      "  lag(x), lag(x, n)             x of the record before, or n before; NULL where there is none\n"
      "  lead(x), lead(x, n)           x of the record after, or n after\n"
      "  first_value(x), last_value(x) x of the partition's first record; of this one\n"
      "  count(*), count(x), sum(x), avg(x), min(x), max(x)  from the partition's first record to this one, "
      "without "
      "NULLs\n"
      "The window always ends at the record itself, also where the next one is equal. To compute with the "
      "results, put "
      "a `derive` behind. All records are kept in memory until the input has ended.";
  description.example =
      "type: window\npartition_by: aircraft\norder_by: departure\nset:\n  previous_delay: lag(delay)\n"
      "  flight_of_day: row_number()\n";
  description.inputs = {{"in", "the records"}};
  description.outputs = {{"out", "the same records, with more columns"}};
  description.options = {
      {"partition_by", "expressions", false, "What the partitions differ in. Unless said, there is one.", ""},
      {"order_by", "expressions", false,
       "The order in a partition: expressions, each with `asc` or `desc` behind it.",
       "the order of the input"},
      {"set", "window functions", true, "A map from new names to window functions.", ""}};
  description.plan = plan_window;
  return description;
}

}  // namespace weir
