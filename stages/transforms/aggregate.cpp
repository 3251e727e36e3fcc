// aggregate: one record a group, with counts, sums, averages and extremes.

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/expressions/kernel.hpp"
#include "stages/transforms/aggregate_state.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/projection.hpp"

namespace weir {
namespace {

using Call = AggregateExpression::Call;

// One column of `select`. It is computed from the keys, the columns selected before it and its calls, in this
// order.
struct Selected {
  BoundExpression result;
  std::shared_ptr<const Schema> scope;
  std::vector<std::size_t> calls;  ///< which of the aggregation's
  bool needed = true;
};

// An aggregation as bound: shared by plan, incarnations and states, which only read it.
struct Aggregation {
  Projection keys;
  std::vector<Call> calls;
  std::vector<Selected> selected;
  std::shared_ptr<const Schema> schema;
  std::shared_ptr<MemoryBudget> memory;

  std::size_t key_count() const noexcept { return keys.schema()->size(); }
  std::vector<Type> key_types() const {
    std::vector<Type> types;
    for (const Field& key : *keys.schema())
      types.push_back(key.type);
    return types;
  }
};

// One column of the output, from the keys and those before it.
ColumnPtr compute(const Selected& selected, std::vector<ColumnPtr> columns, AggregateTable& table,
                  std::span<const GroupId> groups, RowErrors& errors) {
  for (const std::size_t call : selected.calls)
    columns.push_back(table.result(call, groups, errors));
  const RecordBatch scope(selected.scope, std::move(columns), RowSet::range(0, groups.size()));
  return evaluate(selected.result, scope, errors);
}

std::shared_ptr<const AggregateShape> shape_of(const std::shared_ptr<const Aggregation>& aggregation) {
  const auto results = [aggregation](AggregateTable& table, std::span<const GroupId> groups,
                                     RowErrors& errors) {
    std::vector<ColumnPtr> columns = table.keys(groups);
    for (const Selected& selected : aggregation->selected)
      columns.push_back(selected.needed ? compute(selected, columns, table, groups, errors) : nullptr);
    return columns;
  };
  return std::make_shared<const AggregateShape>(
      AggregateShape{aggregation->key_types(), aggregation->calls, aggregation->schema, results});
}

class AggregateTransform final : public Transform {
 public:
  explicit AggregateTransform(std::shared_ptr<const Aggregation> aggregation)
      : aggregation_(std::move(aggregation)), shape_(shape_of(aggregation_)) {}

  std::unique_ptr<State> make_state() const override {
    return std::make_unique<AggregateState>(shape_, MemoryClaim(aggregation_->memory));
  }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    const std::vector<ColumnPtr> keys = aggregation_->keys.evaluate(batch, errors);
    std::vector<CallColumns> columns;
    columns.reserve(aggregation_->calls.size());
    for (const Call& call : aggregation_->calls)
      columns.push_back(evaluate_call(call, batch, errors));
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    static_cast<AggregateState*>(state)->take({keys, columns, rows, RowPlaces(input.place)});
    return kDone;
  }

  void absorb(State& into, State& other) override {
    static_cast<AggregateState&>(into).absorb(static_cast<AggregateState&>(other));
  }

  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    GroupsOut groups = static_cast<AggregateState&>(*state).output(at);
    const Cursor next = groups.next;
    if (groups.rows > 0) give_out(std::move(groups), out);
    return next;
  }

 private:
  // What a filter does not let pass is not computed, and so cannot fail.
  static CallColumns evaluate_call(const Call& call, const RecordBatch& batch, RowErrors& errors) {
    if (!call.filter) return evaluate_call(call, batch, nullptr, errors);
    ColumnPtr filter = evaluate(*call.filter, batch, errors);
    const RowSet passed = expressions::select_rows(batch.row_set(), [&](std::size_t row) {
      return filter->is_valid(row) && filter->values<std::uint8_t>()[row] != 0;
    });
    return evaluate_call(call, *batch.with_rows(passed), std::move(filter), errors);
  }
  static CallColumns evaluate_call(const Call& call, const RecordBatch& batch, ColumnPtr filter,
                                   RowErrors& errors) {
    return {call.argument ? evaluate(*call.argument, batch, errors) : nullptr,
            call.key ? evaluate(*call.key, batch, errors) : nullptr, std::move(filter)};
  }

  void give_out(GroupsOut groups, Emitter& out) const {
    const RowSet all = RowSet::range(0, groups.rows);
    const auto batch =
        std::make_shared<const RecordBatch>(aggregation_->schema, std::move(groups.columns), all);
    const RowSet kept = refuse_failed_groups(batch, groups.errors, out);
    if (kept.size() > 0) out.emit(groups.errors.empty() ? batch : batch->with_rows(kept));
  }

  // Rejects the groups of which a result cannot be computed, by their keys.
  RowSet refuse_failed_groups(const std::shared_ptr<const RecordBatch>& batch, const RowErrors& errors,
                              Emitter& out) const {
    if (errors.empty()) return batch->row_set();
    std::vector<ColumnPtr> keys(
        batch->columns().begin(),
        batch->columns().begin() + static_cast<std::ptrdiff_t>(aggregation_->key_count()));
    const auto named = batch->with_columns(aggregation_->keys.schema(), std::move(keys));
    for (const RowErrors::Entry& entry : errors.entries()) {
      std::string message = entry.message;
      if (aggregation_->key_count() > 0) message += ", in group " + named->describe(entry.physical_row);
      out.reject(batch, entry.physical_row, {ErrorClass::data, std::move(message), {}, nullptr});
    }
    auto kept = std::make_shared<std::vector<std::uint32_t>>();
    for (std::size_t row = 0; row < batch->rows(); ++row)
      if (!errors.contains(row)) kept->push_back(static_cast<std::uint32_t>(row));
    return RowSet::list(std::move(kept));
  }

  std::shared_ptr<const Aggregation> aggregation_;
  std::shared_ptr<const AggregateShape> shape_;
};

class AggregatePlan final : public StagePlan {
 public:
  explicit AggregatePlan(const Options& options)
      : group_by_(options.expressions("group_by")),
        select_(options.expressions("select")),
        key_scope_(sees_by_kind(options.value("group_by"))),
        variables_(options.variables()),
        memory_(options.memory()) {}

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    aggregation_ = {};
    aggregation_.memory = memory_;
    aggregation_.keys = Projection::bind(inputs[0], group_by_, Projection::Output::computed, key_scope_,
                                         variables_, problems);
    std::vector<Field> fields = aggregation_.keys.schema()->fields();
    for (const ConfiguredExpression& each : select_) {
      report_taken_name(each, fields, problems);
      fields.push_back(bind_selected(each, inputs[0], fields, problems));
    }
    aggregation_.schema = std::make_shared<const Schema>(std::move(fields));
    return {*aggregation_.schema};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    std::set<std::size_t> calls = keep_needed(outputs[0]);
    Needs needs = aggregation_.keys.keep_needed(Needs(aggregation_.key_count(), Need::value));
    for (const std::size_t call : calls)
      add_needs_of(aggregation_.calls[call], needs);
    keep_calls(calls);
    return {std::move(needs)};
  }

  StageSpec make() const override {
    StageSpec spec;
    spec.body = TransformSpec{[shared = std::make_shared<const Aggregation>(aggregation_)] {
                                return std::make_unique<AggregateTransform>(shared);
                              },
                              {.concurrency = Concurrency::replicated, .breaker = true}};
    return spec;
  }

 private:
  static void add_needs_of(const Call& call, Needs& needs) {
    for (const auto* part : {&call.argument, &call.key, &call.filter})
      if (*part) add_needs(**part, Need::value, needs);
  }

  static void report_taken_name(const ConfiguredExpression& selected, const std::vector<Field>& fields,
                                Problems& problems) {
    const bool taken = std::any_of(fields.begin(), fields.end(),
                                   [&](const Field& field) { return field.name == selected.name; });
    if (taken) {
      problems.add(
          {selected.where, selected.field, "two columns are named `" + selected.name + "`",
           "give this one another name; the keys of `group_by` are columns of the result by themselves"});
    }
  }

  // Adds a column of `select`, and answers what it is. `before`: the keys and the columns before it.
  Field bind_selected(const ConfiguredExpression& configured, const Schema& input,
                      const std::vector<Field>& before, Problems& problems) {
    try {
      const auto bound = AggregateExpression::bind(configured.expression, input, Schema(before), variables_);
      Selected selected{bound.result(), nullptr, {}};
      std::vector<Field> scope = before;
      for (const Call& call : bound.calls()) {
        selected.calls.push_back(number_of(call));
        scope.push_back({"call " + std::to_string(scope.size()), call.result});
      }
      selected.scope = std::make_shared<const Schema>(std::move(scope));
      aggregation_.selected.push_back(std::move(selected));
      return bound.result().field(configured.name);
    } catch (const ExpressionError& error) {
      report(problems, configured, error);
      return {configured.name, Type::string};
    }
  }

  // The place of a call among the aggregation's; calls written alike are computed once.
  std::size_t number_of(const Call& call) {
    const auto same = [&](const Call& other) { return other.written == call.written; };
    auto& calls = aggregation_.calls;
    const auto found = std::find_if(calls.begin(), calls.end(), same);
    const auto number = static_cast<std::size_t>(found - calls.begin());
    if (found == calls.end()) calls.push_back(call);
    return number;
  }

  // Marks the selected columns that are needed, also by others; answers the calls that these need.
  std::set<std::size_t> keep_needed(const Needs& output) {
    std::set<std::size_t> calls;
    const std::size_t keys = aggregation_.key_count();
    std::vector<bool> needed;
    for (const Need need : output)
      needed.push_back(need != Need::none);
    for (std::size_t i = aggregation_.selected.size(); i-- > 0;) {
      Selected& selected = aggregation_.selected[i];
      selected.needed = needed[keys + i];
      if (!selected.needed) continue;
      for (const std::size_t column : selected.result.columns())
        if (column < keys + i) needed[column] = true;
      calls.insert(selected.calls.begin(), selected.calls.end());
    }
    return calls;
  }

  // Leaves out the other calls, and counts those that stay anew.
  void keep_calls(const std::set<std::size_t>& kept) {
    std::vector<Call> calls;
    for (const std::size_t call : kept)
      calls.push_back(aggregation_.calls[call]);
    aggregation_.calls = std::move(calls);
    for (Selected& selected : aggregation_.selected) {
      if (!selected.needed) continue;
      for (std::size_t& call : selected.calls)
        call = static_cast<std::size_t>(std::distance(kept.begin(), kept.find(call)));
    }
  }

  std::vector<ConfiguredExpression> group_by_;
  std::vector<ConfiguredExpression> select_;
  Projection::Sees key_scope_;
  VariableLookup variables_;
  std::shared_ptr<MemoryBudget> memory_;
  Aggregation aggregation_;
};

std::unique_ptr<StagePlan> plan_aggregate(const Options& options) {
  return std::make_unique<AggregatePlan>(options);
}

}  // namespace

StageDescription describe_aggregate() {
  StageDescription description;
  description.type = "aggregate";
  description.summary = "Makes one record of each group of records.";
  description.details =
      "Groups come out in the order in which they first appear; NULL is a group of its own. Without "
      "`group_by` there is exactly one record, also for empty input. docs/sql.md lists the functions; each "
      "may have "
      "`filter (where ...)` behind it. They leave out NULLs, and all but the counts are NULL where nothing "
      "else came. "
      "Sums are exact whatever the order of the records: a sum of int64 that does not fit is an error, a sum "
      "of doubles "
      "is rounded once. NaN is greater than every number. A group takes memory for its values: some tens of "
      "bytes, but "
      "`median`, exact quantiles, `string_agg`, `mode` and `distinct` keep what they see.";
  description.example =
      "type: aggregate\ngroup_by: [origin]\nselect:\n  flights: count(*)\n  mean_delay: avg(delay)\n";
  description.inputs = {{"in", "the records to group"}};
  description.outputs = {{"out", "one record a group: its keys, then what was selected"}};
  description.options = {
      {"group_by", "expressions", false,
       "The keys: expressions in SQL, or a map from new names to expressions.", ""},
      {"select", "expressions", true,
       "A map from new names to expressions over aggregate functions; later ones see earlier ones.", ""}};
  description.plan = plan_aggregate;
  return description;
}

}  // namespace weir
