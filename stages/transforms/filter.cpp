// filter: keeps the records for which an expression is true.

#include <optional>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/projection.hpp"

namespace weir {
namespace {

constexpr PortIndex kRestPort = 1;

using RowList = std::vector<std::uint32_t>;

// Physical rows, by whether they pass.
struct Split {
  RowList passed;
  RowList rest;
};

// Appends without branching on the outcome, which nobody can predict: each row is written, and counted if it
// passes.
template <class Passes>
RowList rows_where(const RowSet& rows, Passes passes) {
  RowList list(rows.size() + 1);
  std::size_t count = 0;
  rows.for_each([&](std::size_t row) {
    list[count] = static_cast<std::uint32_t>(row);
    count += passes(row) ? 1 : 0;
  });
  list.resize(count);
  return list;
}

RowList rows_that_pass(const RowSet& rows, const Column& mask, bool wanted) {
  const auto* values = mask.values<std::uint8_t>();
  if (!mask.has_nulls())
    return rows_where(rows, [=](std::size_t row) { return (values[row] != 0) == wanted; });
  return rows_where(rows,
                    [&](std::size_t row) { return (mask.is_valid(row) && values[row] != 0) == wanted; });
}

class FilterTransform final : public Transform {
 public:
  explicit FilterTransform(BoundExpression where) : where_(std::move(where)) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    const ColumnPtr mask = where_.evaluate(batch, errors);
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    RowList passed = rows_that_pass(rows, *mask, true);
    if (passed.size() == batch.rows()) {
      out.emit(input.batch);
      return kDone;
    }
    const std::size_t rest = rows.size() - passed.size();
    if (!passed.empty()) emit_rows(batch, std::move(passed), kMainPort, out);
    if (rest == 0) return kDone;
    if (out.wanted(kRestPort)) {
      emit_rows(batch, rows_that_pass(rows, *mask, false), kRestPort, out);
    } else {
      out.filtered(rest);
    }
    return kDone;
  }

 private:
  static void emit_rows(const RecordBatch& batch, RowList rows, PortIndex port, Emitter& out) {
    out.emit(batch.with_rows(RowSet::list(std::make_shared<const RowList>(std::move(rows)))), port);
  }

  BoundExpression where_;
};

class FilterPlan final : public StagePlan {
 public:
  explicit FilterPlan(const Options& options)
      : where_(options.expression("where")), variables_(options.variables()) {}

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    if (where_) bind_where(inputs[0], problems);
    return {inputs[0], inputs[0]};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    Needs needs = outputs[kMainPort];
    for (std::size_t column = 0; column < needs.size(); ++column)
      needs[column] = std::max(needs[column], outputs[kRestPort][column]);
    add_needs(*bound_, Need::value, needs);
    return {std::move(needs)};
  }

  StageSpec make() const override {
    StageSpec spec;
    spec.body = TransformSpec{[where = *bound_] { return std::make_unique<FilterTransform>(where); },
                              {.concurrency = Concurrency::stateless, .maps_records = true}};
    return spec;
  }

 private:
  void bind_where(const Schema& input, Problems& problems) {
    try {
      bound_ = where_->expression.bind(input, variables_);
      if (const auto condition = bound_->as(Type::boolean)) {
        bound_ = condition;
        return;
      }
      problems.add({where_->where, where_->field,
                    "a filter needs a condition, true or false; this is a " +
                        std::string(to_string(bound_->type())) + ": " + where_->written,
                    "compare it with something: " + where_->written + " <> ...", where_->written.size()});
    } catch (const ExpressionError& error) {
      report(problems, *where_, error);
    }
  }

  std::optional<ConfiguredExpression> where_;
  VariableLookup variables_;
  std::optional<BoundExpression> bound_;
};

std::unique_ptr<StagePlan> plan_filter(const Options& options) {
  return std::make_unique<FilterPlan>(options);
}

}  // namespace

StageDescription describe_filter() {
  StageDescription description;
  description.type = "filter";
  description.summary = "Keeps the records for which an expression is true.";
  description.details =
      "Where it is false or NULL, the record leaves by the port `rest`, which may be left unread. A record "
      "for which "
      "it cannot be computed is an error. Nothing is copied.";
  description.example = "type: filter\nwhere: delay > 15 and origin <> destination\n";
  description.inputs = {{"in", "the records to choose from"}};
  description.outputs = {{"out", "the records for which `where` is true"}, {"rest", "the others", true}};
  description.options = {{"where", "expression", true, "A condition in SQL.", ""}};
  description.plan = plan_filter;
  return description;
}

}  // namespace weir
