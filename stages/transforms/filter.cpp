// filter: keeps the records for which an expression is true.

#include <optional>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/condition.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/projection.hpp"

namespace weir {
namespace {

constexpr PortIndex kRestPort = 1;

class FilterTransform final : public Transform {
 public:
  explicit FilterTransform(BoundExpression where) : where_(std::move(where)) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    const ColumnPtr mask = where_.evaluate(batch, errors);
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    std::vector<std::uint32_t> passed = rows_where(rows, *mask, true);
    if (passed.size() == batch.rows()) {
      out.emit(input.batch);
      return kDone;
    }
    const std::size_t rest = rows.size() - passed.size();
    if (!passed.empty()) out.emit(with_row_list(batch, std::move(passed)));
    if (rest == 0) return kDone;
    if (out.wanted(kRestPort)) {
      out.emit(with_row_list(batch, rows_where(rows, *mask, false)), kRestPort);
    } else {
      out.filtered(rest);
    }
    return kDone;
  }

 private:
  BoundExpression where_;
};

class FilterPlan final : public StagePlan {
 public:
  explicit FilterPlan(const Options& options)
      : where_(options.expression("where")), variables_(options.variables()) {}

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    if (where_) bound_ = bind_condition(*where_, inputs[0], variables_, "a filter", problems);
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
