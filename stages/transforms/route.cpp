// route: sends each record to the ports whose conditions it meets.

#include <algorithm>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/condition.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/projection.hpp"

namespace weir {
namespace {

using RowList = std::vector<std::uint32_t>;

enum class Match : unsigned char { first, all };

// Ports are numbered as the conditions are; behind them comes `rest`.
class RouteTransform final : public Transform {
 public:
  RouteTransform(std::vector<BoundExpression> conditions, Match match)
      : conditions_(std::move(conditions)), match_(match) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    if (match_ == Match::first) {
      send_to_first(batch, out);
    } else {
      send_to_all(batch, out);
    }
    return kDone;
  }

 private:
  // A condition is computed only for the records that no earlier port took.
  void send_to_first(const RecordBatch& batch, Emitter& out) const {
    RowErrors errors;
    RowSet left = batch.row_set();
    for (PortIndex port = 0; port < conditions_.size() && left.size() > 0; ++port) {
      const ColumnPtr condition = conditions_[port].evaluate(*batch.with_rows(left), errors);
      left = without_failed_rows(left, errors);
      emit(batch, rows_where(left, *condition, true), port, out);
      left = RowSet::list(std::make_shared<const RowList>(rows_where(left, *condition, false)));
    }
    reject_failed_rows(batch.row_set(), errors, out);
    emit(batch, left, rest_port(), out);
  }

  void send_to_all(const RecordBatch& batch, Emitter& out) const {
    RowErrors errors;
    std::vector<ColumnPtr> columns;
    for (const BoundExpression& condition : conditions_)
      columns.push_back(condition.evaluate(batch, errors));
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    RowSet left = rows;
    for (PortIndex port = 0; port < columns.size(); ++port) {
      emit(batch, rows_where(rows, *columns[port], true), port, out);
      left = RowSet::list(std::make_shared<const RowList>(rows_where(left, *columns[port], false)));
    }
    emit(batch, left, rest_port(), out);
  }

  PortIndex rest_port() const noexcept { return conditions_.size(); }

  static void emit(const RecordBatch& batch, RowList rows, PortIndex port, Emitter& out) {
    if (!rows.empty()) out.emit(with_row_list(batch, std::move(rows)), port);
  }
  static void emit(const RecordBatch& batch, const RowSet& rows, PortIndex port, Emitter& out) {
    if (rows.size() > 0) out.emit(batch.with_rows(rows), port);
  }

  std::vector<BoundExpression> conditions_;
  Match match_;
};

class RoutePlan final : public StagePlan {
 public:
  explicit RoutePlan(const Options& options)
      : match_(options.choice("match", {"first", "all"}) == "all" ? Match::all : Match::first),
        variables_(options.variables()) {
    const ConfigValue* to = options.value("to");
    if (to == nullptr) return;
    if (to->kind != ConfigValue::Kind::map || to->entries.empty()) {
      options.problem("to", "this wants ports with their conditions", "write {port: condition, ...}");
    } else {
      to_ = options.expressions("to");
    }
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    conditions_.clear();
    for (const ConfiguredExpression& each : to_) {
      if (auto bound = bind_condition(each, inputs[0], variables_, "a route", problems))
        conditions_.push_back(*std::move(bound));
    }
    return std::vector<Schema>(to_.size() + 1, inputs[0]);
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    Needs needs = outputs[0];
    for (const Needs& output : outputs)
      for (std::size_t column = 0; column < needs.size(); ++column)
        needs[column] = std::max(needs[column], output[column]);
    for (const BoundExpression& condition : conditions_)
      add_needs(condition, Need::value, needs);
    return {std::move(needs)};
  }

  StageSpec make() const override {
    StageSpec spec;
    spec.body =
        TransformSpec{[conditions = conditions_, match = match_] {
                        return std::make_unique<RouteTransform>(conditions, match);
                      },
                      {.concurrency = Concurrency::stateless, .maps_records = match_ == Match::first}};
    return spec;
  }

 private:
  std::vector<ConfiguredExpression> to_;
  Match match_;
  VariableLookup variables_;
  std::vector<BoundExpression> conditions_;
};

std::unique_ptr<StagePlan> plan_route(const Options& options) { return std::make_unique<RoutePlan>(options); }

}  // namespace

StageDescription describe_route() {
  StageDescription description;
  description.type = "route";
  description.summary = "Sends each record to the port whose condition it meets.";
  description.details =
      "Ports are tried in the order written, and a record takes the first; with `match: all` it goes to "
      "every one "
      "whose condition is true. What no port takes, because all conditions are false or NULL, leaves by "
      "`rest`. "
      "Others read STAGE.PORT, and every port must be read. A record for which a condition cannot be "
      "computed is "
      "an error. Nothing is copied or held.";
  description.example =
      "type: route\nname: by_delay\nto:\n  late: delay > 60\n  slow: delay > 15\n"
      "# then, for example: {type: write_csv, from: by_delay.late, path: out/late.csv}\n";
  description.inputs = {{"in", "the records to send on"}};
  description.outputs = {{"rest", "the records that no other port took"}};
  description.options = {
      {"to", "conditions", true, "A map from the names of ports to conditions in SQL.", ""},
      {"match", "one of: first, all", false,
       "Whether a record goes to the first port whose condition it meets, or to all of them.", "first"}};
  description.plan = plan_route;
  description.outputs_named_by = "to";
  return description;
}

}  // namespace weir
