// distinct: one record of each key.

#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/best_stage.hpp"
#include "stages/transforms/condition.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/key_text.hpp"

namespace weir {
namespace {

enum class Keep : unsigned char { first, last, error };

// The keys that have come, while the records stream past.
struct SeenKeys final : State {
  explicit SeenKeys(std::vector<Type> types) : keys(GroupKeys::make(std::move(types))) {}
  std::size_t bytes() const noexcept override { return keys->bytes(); }

  std::unique_ptr<GroupKeys> keys;
};

// Gives out a record with the first of its key: no record is retained.
class FirstOfKeyTransform final : public Transform {
 public:
  FirstOfKeyTransform(std::vector<BoundExpression> by, Keep keep) : by_(std::move(by)), keep_(keep) {}

  std::unique_ptr<State> make_state() const override {
    std::vector<Type> types;
    for (const BoundExpression& key : by_)
      types.push_back(key.type());
    return std::make_unique<SeenKeys>(std::move(types));
  }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    GroupKeys& seen = *static_cast<SeenKeys&>(*state).keys;
    const std::size_t known = seen.size();
    try {
      give_out_new(input, seen, out);
    } catch (...) {
      seen.truncate(known);
      throw;
    }
    return kDone;
  }

 private:
  void give_out_new(const Input& input, GroupKeys& seen, Emitter& out) const {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    std::vector<ColumnPtr> keys;
    for (const BoundExpression& key : by_)
      keys.push_back(evaluate(key, batch, errors));
    const RowSet rows = without_failed_rows(batch.row_set(), errors);
    std::size_t next = seen.size();  // keys that are new get the next numbers
    std::vector<GroupId> groups(rows.size());
    seen.number(keys, rows, groups.data());
    std::vector<std::uint32_t> firsts;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::size_t row = rows[i];
      if (groups[i] == next) {
        firsts.push_back(static_cast<std::uint32_t>(row));
        ++next;
      } else if (keep_ == Keep::error) {
        errors.add(row, "another record before this one has the key " + key_text(keys, row));
      }
    }
    reject_failed_rows(batch.row_set(), errors, out);
    const std::size_t repeated = rows.size() - firsts.size();
    if (keep_ == Keep::first && repeated > 0) out.filtered(repeated);
    if (firsts.size() == batch.rows()) {
      out.emit(input.batch);
    } else if (!firsts.empty()) {
      out.emit(with_row_list(batch, std::move(firsts)));
    }
  }

  std::vector<BoundExpression> by_;
  Keep keep_;
};

// A column's name as an expression.
ConfiguredExpression column_expression(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name)
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  quoted += '"';
  return {name, Expression::parse(quoted), {}, {}, name};
}

class DistinctPlan final : public StagePlan {
 public:
  explicit DistinctPlan(const Options& options)
      : by_(options.expressions("by")),
        order_by_(options.sort_keys("order_by")),
        variables_(options.variables()) {
    const std::string keep = options.choice("keep", {"first", "last", "error"});
    keep_ = keep == "last" ? Keep::last : keep == "error" ? Keep::error : Keep::first;
    if (keep_ == Keep::error && options.has("order_by"))
      options.problem("order_by", "with `keep: error` there is nothing to choose from",
                      "leave `order_by` out");
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    const Schema& input = inputs[0];
    std::vector<ConfiguredExpression> by = by_;
    for (std::size_t column = 0; by_.empty() && column < input.size(); ++column)
      by.push_back(column_expression(input[column].name));
    best_ = {};
    best_.groups = bind_all(by, input, variables_, problems);
    std::vector<ConfiguredExpression> order;
    std::vector<bool> descending;
    for (const SortKey& key : order_by_) {
      order.push_back(key.expression);
      descending.push_back(key.descending);
    }
    best_.keys = bind_all(order, input, variables_, problems);
    best_.spec.last = keep_ == Keep::last;
    if (best_.keys.size() == descending.size()) best_.settle(input, std::move(descending));
    return {input};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    return {best_.keep_needed(outputs[0])};
  }

  StageSpec make() const override {
    if (!streams()) return best_.make();
    StageSpec spec;
    spec.body = TransformSpec{
        [by = best_.groups, keep = keep_] { return std::make_unique<FirstOfKeyTransform>(by, keep); },
        {.concurrency = Concurrency::serial, .maps_records = true}};
    return spec;
  }

 private:
  bool streams() const noexcept { return order_by_.empty() && keep_ != Keep::last; }

  std::vector<ConfiguredExpression> by_;
  std::vector<SortKey> order_by_;
  VariableLookup variables_;
  Keep keep_ = Keep::first;
  BestStage best_;  ///< where it does not stream; its groups are the keys either way
};

std::unique_ptr<StagePlan> plan_distinct(const Options& options) {
  return std::make_unique<DistinctPlan>(options);
}

}  // namespace

StageDescription describe_distinct() {
  StageDescription description;
  description.type = "distinct";
  description.summary = "Gives one record of each key.";
  description.details =
      "Records come out in the order of the input. Which one of a key is kept is the first that came, the "
      "last, or, "
      "with `order_by`, the first or last in that order; with `keep: error` a second one is a record error "
      "that says "
      "the key. NULL is a key of its own. Keeping the first that came streams, and holds the keys alone; "
      "where "
      "the last or an order decides, one record a key is kept in memory and all come out at the end.";
  description.example = "type: distinct\nby: [flight, day]\nkeep: last\norder_by: updated_at\n";
  description.inputs = {{"in", "the records, some with the same key"}};
  description.outputs = {{"out", "one record of each key"}};
  description.options = {
      {"by", "expressions", false, "The key: expressions in SQL. Unless said, all columns.", ""},
      {"keep", "one of: first, last, error", false, "Which record of a key is kept.", "first"},
      {"order_by", "expressions", false,
       "What comes first, as in a sort: expressions, each with `asc` or `desc` behind it.",
       "the order of the input"}};
  description.plan = plan_distinct;
  return description;
}

}  // namespace weir
