// session: numbers stretches of records between which nothing happens for a while.

#include <optional>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/config/value_reader.hpp"
#include "stages/transforms/best_stage.hpp"
#include "stages/transforms/window_stage.hpp"

namespace weir {
namespace {

class SessionPlan final : public StagePlan {
 public:
  explicit SessionPlan(const Options& options)
      : by_(options.expressions("by")),
        time_(options.expression("time")),
        name_(options.text("as").value_or("session")),
        variables_(options.variables()) {
    if (const ConfigValue* gap = options.value("gap"))
      ValueReader(*gap, options.stage() + ".gap", options.problems()).positive_duration(gap_);
    if (const ConfigValue* as = options.value("as")) as_where_ = as->where;
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    const Schema& input = inputs[0];
    stage_ = {};
    stage_.partition = bind_all(by_, input, variables_, problems);
    if (time_) bind_time(input, problems);
    for (const Field& field : input) {
      if (field.name != name_) continue;
      problems.add({as_where_.line > 0 || !time_ ? as_where_ : time_->where, "as",
                    "the input has a column `" + name_ + "` already",
                    "give the new one another name with `as`"});
    }
    stage_.settle(input);
    return {*stage_.schema};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    return {stage_.keep_needed(outputs[0])};
  }
  StageSpec make() const override { return stage_.make(); }

 private:
  void bind_time(const Schema& input, Problems& problems) {
    try {
      const BoundExpression bound = time_->expression.bind(input, variables_);
      const auto time = bound.as(Type::timestamp);
      if (!time) {
        problems.add({time_->where, time_->field,
                      "a session needs a timestamp, not " + std::string(to_string(bound.type())) + ": " +
                          time_->written,
                      bound.type() == Type::string
                          ? "write cast(" + time_->written + " as timestamp)"
                          : "write to_timestamp(" + time_->written + "), which takes seconds",
                      time_->written.size()});
        return;
      }
      const auto gap_us = std::chrono::duration_cast<std::chrono::microseconds>(gap_).count();
      stage_.keys = {*time};
      stage_.spec.descending = {false};
      stage_.spec.calls = {{WindowFunction::session, *time, gap_us, {name_, Type::int64}}};
    } catch (const ExpressionError& error) {
      report(problems, *time_, error);
    }
  }

  std::vector<ConfiguredExpression> by_;
  std::optional<ConfiguredExpression> time_;
  Duration gap_{};
  std::string name_;
  Location as_where_;
  VariableLookup variables_;
  WindowStage stage_;
};

std::unique_ptr<StagePlan> plan_session(const Options& options) {
  return std::make_unique<SessionPlan>(options);
}

}  // namespace

StageDescription describe_session() {
  StageDescription description;
  description.type = "session";
  description.summary = "Numbers the sessions of each key: stretches of records without a long gap in time.";
  description.details =
      "In each group of `by` records are looked at by `time`; a new session, numbered 1, 2, 3 ..., begins "
      "where more "
      "than `gap` has passed since the record before. Records come out in the order of the input, with the "
      "number in a "
      "new column; one whose time is NULL is in none. An `aggregate` by the key and the session then makes "
      "one record "
      "of each. For windows of fixed length no stage is needed: group by date_trunc('hour', time). All "
      "records are kept "
      "in memory until the input has ended.";
  description.example = "type: session\nby: user\ntime: clicked_at\ngap: 30m\n";
  description.inputs = {{"in", "the records"}};
  description.outputs = {{"out", "the same records, each with the number of its session"}};
  description.options = {
      {"by", "expressions", false, "Whose sessions they are. Unless said, all records belong to one.", ""},
      {"time", "expression", true, "When a record happened: a timestamp.", ""},
      {"gap", "duration", true, "The longest time in which a session may be silent: 30m.", ""},
      {"as", "name", false, "The new column.", "session"}};
  description.plan = plan_session;
  return description;
}

}  // namespace weir
