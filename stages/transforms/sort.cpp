// sort: records in the order of some keys, or the first of them.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/best_stage.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/needed_columns.hpp"
#include "stages/transforms/projection.hpp"
#include "stages/transforms/sort_state.hpp"

namespace weir {
namespace {

constexpr std::size_t kOutputRows = 4096;

// A sort as bound: shared by plan and incarnations, which only read it.
struct Sorting {
  std::vector<BoundExpression> keys;
  SortSpec spec;
  std::shared_ptr<const Schema> schema;
  Needs needs;  ///< of the output
  std::shared_ptr<MemoryBudget> memory;
};

class SortTransform final : public Transform {
 public:
  explicit SortTransform(std::shared_ptr<const Sorting> sorting) : sorting_(std::move(sorting)) {}

  std::unique_ptr<State> make_state() const override {
    return std::make_unique<SortState>(std::shared_ptr<const SortSpec>(sorting_, &sorting_->spec),
                                       MemoryClaim(sorting_->memory));
  }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    std::vector<ColumnPtr> columns = keep_needed_columns(batch, sorting_->needs)->columns();
    for (const BoundExpression& key : sorting_->keys)
      columns.push_back(evaluate(key, batch, errors));
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    static_cast<SortState*>(state)->take(batch.with_columns(sorting_->spec.schema, std::move(columns)), rows,
                                         input.place);
    return kDone;
  }

  void absorb(State& into, State& other) override {
    static_cast<SortState&>(into).absorb(static_cast<SortState&>(other));
  }

  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    auto& sorted = static_cast<SortState&>(*state);
    const std::size_t count = std::min(kOutputRows, sorted.size() - at);
    if (count > 0) {
      out.emit(
          std::make_shared<RecordBatch>(sorting_->schema, sorted.output(at, count), RowSet::range(0, count)));
    }
    return at + count < sorted.size() ? at + count : kDone;
  }

 private:
  std::shared_ptr<const Sorting> sorting_;
};

class SortPlan final : public StagePlan {
 public:
  explicit SortPlan(const Options& options)
      : by_(options.sort_keys("by")),
        limit_(options.count("limit")),
        per_(options.expressions("per")),
        variables_(options.variables()),
        memory_(options.memory()) {
    if (options.has("per") && !options.has("limit"))
      options.problem("per", "`per` says of what the limit is, and there is no `limit`", "add limit: 1");
    if (options.has("by") && by_.empty() && options.problems().empty())
      options.problem("by", "a sort compares at least one key, and this names none", "write `by: [column]`");
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    sorting_ = {};
    sorting_.memory = memory_;
    sorting_.schema = std::make_shared<const Schema>(inputs[0]);
    std::vector<Field> fields = inputs[0].fields();
    for (const SortKey& key : by_) {
      try {
        const BoundExpression bound = key.expression.expression.bind(inputs[0], variables_);
        if (bound.columns().empty()) report_constant(key.expression, problems);
        fields.push_back({"key " + std::to_string(fields.size()), bound.type()});
        sorting_.keys.push_back(bound);
        sorting_.spec.descending.push_back(key.descending);
      } catch (const ExpressionError& error) {
        report(problems, key.expression, error);
      }
    }
    sorting_.spec.limit = limit_;
    sorting_.spec.schema = std::make_shared<const Schema>(std::move(fields));
    if (!per_.empty()) bind_groups(inputs[0], problems);
    return {inputs[0]};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    if (!per_.empty()) return {best_.keep_needed(outputs[0])};
    sorting_.needs = outputs[0];
    Needs needs = outputs[0];
    for (const BoundExpression& key : sorting_.keys)
      add_needs(key, Need::value, needs);
    return {std::move(needs)};
  }

  StageSpec make() const override {
    if (!per_.empty()) return best_.make();
    StageSpec spec;
    spec.body = TransformSpec{[shared = std::make_shared<const Sorting>(sorting_)] {
                                return std::make_unique<SortTransform>(shared);
                              },
                              {.concurrency = Concurrency::replicated, .breaker = true}};
    return spec;
  }

 private:
  // As SQL's `order by 1` is not.
  static void report_constant(const ConfiguredExpression& key, Problems& problems) {
    problems.add({key.where, key.field, "this key is the same for every record: " + key.written,
                  "name what to sort by, as in `by: [column]`; columns have no numbers here",
                  key.written.size()});
  }

  void bind_groups(const Schema& input, Problems& problems) {
    best_ = {};
    best_.keys = sorting_.keys;
    best_.groups = bind_all(per_, input, variables_, problems);
    best_.spec.limit = limit_.value_or(0);
    best_.spec.output = BestSpec::Output::by_order;
    best_.settle(input, sorting_.spec.descending);
  }

  std::vector<SortKey> by_;
  std::optional<std::size_t> limit_;
  std::vector<ConfiguredExpression> per_;
  VariableLookup variables_;
  std::shared_ptr<MemoryBudget> memory_;
  Sorting sorting_;
  BestStage best_;  ///< where there is a limit in each group
};

std::unique_ptr<StagePlan> plan_sort(const Options& options) { return std::make_unique<SortPlan>(options); }

}  // namespace

StageDescription describe_sort() {
  StageDescription description;
  description.type = "sort";
  description.summary = "Puts records into the order of some keys, or gives the first of them.";
  description.details =
      "Strings are ordered by their bytes, NaN is greater than every number, NULLs come last whatever the "
      "direction. "
      "Records whose keys are equal stay in the order of the input. All records are kept, in memory as far "
      "as "
      "`runtime: {memory: ...}` allows and then on disk; with `limit` only the first so many are. With `per` "
      "the limit counts in each group: the three longest delays of "
      "each "
      "origin are `by: [origin, delay desc]`, `per: origin`, `limit: 3`. Groups do not change the order.";
  description.example = "type: sort\nby: [flights desc, origin]\nlimit: 10\n";
  description.inputs = {{"in", "the records to sort"}};
  description.outputs = {{"out", "the records in order"}};
  description.options = {
      {"by", "expressions", true, "Expressions in SQL, each with `asc` or `desc` behind it.", ""},
      {"limit", "count", false, "How many records come out at most.", ""},
      {"per", "expressions", false, "What the groups differ in of which each has the limit.", ""}};
  description.plan = plan_sort;
  return description;
}

}  // namespace weir
