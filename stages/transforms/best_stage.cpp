#include "stages/transforms/best_stage.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/needed_columns.hpp"

namespace weir {
namespace {

constexpr std::size_t kOutputRows = 4096;

class BestTransform final : public Transform {
 public:
  explicit BestTransform(std::shared_ptr<const BestStage> stage) : stage_(std::move(stage)) {}

  std::unique_ptr<State> make_state() const override {
    return std::make_unique<BestOfGroups>(std::shared_ptr<const BestSpec>(stage_, &stage_->spec));
  }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    std::vector<ColumnPtr> columns = keep_needed_columns(batch, stage_->needs)->columns();
    for (const BoundExpression& key : stage_->keys)
      columns.push_back(evaluate(key, batch, errors));
    if (stage_->make_key) columns.push_back(stage_->make_key(batch, input.place));
    std::vector<ColumnPtr> groups;
    for (const BoundExpression& group : stage_->groups)
      groups.push_back(evaluate(group, batch, errors));
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    static_cast<BestOfGroups*>(state)->take(batch.with_columns(stage_->spec.schema, std::move(columns)),
                                            groups, rows, input.place);
    return kDone;
  }

  void absorb(State& into, State& other) override {
    static_cast<BestOfGroups&>(into).absorb(static_cast<BestOfGroups&>(other));
  }

  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    auto& best = static_cast<BestOfGroups&>(*state);
    const std::span<const SortEntry> order = best.in_order();
    const std::size_t count = std::min(kOutputRows, order.size() - at);
    if (count > 0) {
      out.emit(std::make_shared<RecordBatch>(stage_->schema, best.gather(order.subspan(at, count)),
                                             RowSet::range(0, count)));
    }
    return at + count < order.size() ? at + count : kDone;
  }

 private:
  std::shared_ptr<const BestStage> stage_;
};

}  // namespace

void BestStage::settle(const Schema& input, std::vector<bool> descending) {
  schema = std::make_shared<const Schema>(input);
  spec.descending = std::move(descending);
  std::vector<Field> fields = input.fields();
  for (std::size_t key = 0; key < spec.descending.size(); ++key)
    fields.push_back({"key " + std::to_string(key), key < keys.size() ? keys[key].type() : Type::int64});
  spec.schema = std::make_shared<const Schema>(std::move(fields));
  spec.group_types.clear();
  for (const BoundExpression& group : groups)
    spec.group_types.push_back(group.type());
}

Needs BestStage::keep_needed(const Needs& output) {
  needs = output;
  Needs needed = output;
  for (const BoundExpression& key : keys)
    add_needs(key, Need::value, needed);
  for (const BoundExpression& group : groups)
    add_needs(group, Need::value, needed);
  return needed;
}

StageSpec BestStage::make() const {
  StageSpec made;
  made.body = TransformSpec{
      [shared = std::make_shared<const BestStage>(*this)] { return std::make_unique<BestTransform>(shared); },
      {.concurrency = Concurrency::replicated, .breaker = true}};
  return made;
}

std::vector<BoundExpression> bind_all(const std::vector<ConfiguredExpression>& expressions,
                                      const Schema& input, const VariableLookup& variables,
                                      Problems& problems) {
  std::vector<BoundExpression> all;
  for (const ConfiguredExpression& each : expressions) {
    try {
      all.push_back(each.expression.bind(input, variables));
    } catch (const ExpressionError& error) {
      report(problems, each, error);
    }
  }
  return all;
}

}  // namespace weir
