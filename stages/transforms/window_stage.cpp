#include "stages/transforms/window_stage.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/needed_columns.hpp"
#include "stages/transforms/projection.hpp"

namespace weir {
namespace {

class WindowTransform final : public Transform {
 public:
  WindowTransform(std::shared_ptr<const WindowStage> stage, std::vector<std::size_t> places)
      : stage_(std::move(stage)), places_(std::move(places)) {}

  std::unique_ptr<State> make_state() const override {
    return std::make_unique<WindowState>(std::shared_ptr<const WindowSpec>(stage_, &stage_->spec));
  }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    std::vector<ColumnPtr> partition;
    for (const BoundExpression& each : stage_->partition)
      partition.push_back(evaluate(each, batch, errors));
    std::vector<ColumnPtr> columns = keep_needed_columns(batch, stage_->needs)->columns();
    for (const BoundExpression& key : stage_->keys)
      columns.push_back(evaluate(key, batch, errors));
    for (const WindowCall& call : stage_->spec.calls)
      columns.push_back(call.argument ? evaluate(*call.argument, batch, errors) : nullptr);
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    if (rows.size() == 0) return kDone;
    static_cast<WindowState*>(state)->collect(
        batch.with_columns(stage_->spec.schema, std::move(columns))->with_rows(rows), std::move(partition),
        input.place);
    return kDone;
  }

  void absorb(State& into, State& other) override {
    static_cast<WindowState&>(into).absorb(static_cast<WindowState&>(other));
  }

  // `at` counts the batches.
  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    auto& collected = static_cast<WindowState&>(*state);
    collected.finish();
    if (at < collected.batches()) give_out(collected, at, out);
    return at + 1 < collected.batches() ? at + 1 : kDone;
  }

 private:
  void give_out(const WindowState& collected, std::size_t number, Emitter& out) const {
    const RecordBatch& batch = collected.batch(number);
    RowErrors errors;
    std::vector<ColumnPtr> results = collected.results(number, errors);
    std::vector<ColumnPtr> columns(
        batch.columns().begin(),
        batch.columns().begin() + static_cast<std::ptrdiff_t>(stage_->input->size()));
    columns.resize(stage_->schema->size());
    for (std::size_t call = 0; call < results.size(); ++call)
      columns[places_[call]] = std::move(results[call]);
    const auto made = batch.with_columns(stage_->schema, std::move(columns));
    for (std::size_t i = 0; i < made->rows() && !errors.empty(); ++i) {
      const std::size_t row = made->row_set()[i];
      const auto error = std::find_if(errors.entries().begin(), errors.entries().end(),
                                      [&](const auto& entry) { return entry.physical_row == row; });
      if (error != errors.entries().end())
        out.reject(made, i, {ErrorClass::data, error->message, {}, nullptr});
    }
    const RowSet rows = without_failed_rows(made->row_set(), errors);
    if (rows.size() > 0) out.emit(errors.empty() ? made : made->with_rows(rows));
  }

  std::shared_ptr<const WindowStage> stage_;
  std::vector<std::size_t> places_;  ///< of the calls' results in the output
};

}  // namespace

void WindowStage::settle(const Schema& input_schema) {
  input = std::make_shared<const Schema>(input_schema);
  std::vector<Field> fields = input_schema.fields();
  for (const WindowCall& call : spec.calls)
    fields.push_back(call.result);
  schema = std::make_shared<const Schema>(std::move(fields));
  spec.partition_types.clear();
  for (const BoundExpression& each : partition)
    spec.partition_types.push_back(each.type());
  call_is_needed_.assign(spec.calls.size(), true);
}

Needs WindowStage::keep_needed(const Needs& output) {
  Needs needed(output.begin(), output.begin() + static_cast<std::ptrdiff_t>(input->size()));
  needs = needed;
  for (const BoundExpression& each : partition)
    add_needs(each, Need::value, needed);
  for (const BoundExpression& key : keys)
    add_needs(key, Need::value, needed);
  for (std::size_t call = 0; call < spec.calls.size(); ++call) {
    call_is_needed_[call] = output[input->size() + call] != Need::none;
    if (call_is_needed_[call] && spec.calls[call].argument)
      add_needs(*spec.calls[call].argument, Need::value, needed);
  }
  return needed;
}

StageSpec WindowStage::make() const {
  auto kept = std::make_shared<WindowStage>(*this);
  std::vector<std::size_t> places;
  std::vector<Field> fields = input->fields();
  for (const BoundExpression& key : keys)
    fields.push_back({"key " + std::to_string(fields.size()), key.type()});
  kept->spec.calls.clear();
  for (std::size_t call = 0; call < spec.calls.size(); ++call) {
    if (!call_is_needed_[call]) continue;
    const WindowCall& each = spec.calls[call];
    places.push_back(input->size() + call);
    fields.push_back({"call " + std::to_string(call), each.argument ? each.argument->type() : Type::int64});
    kept->spec.calls.push_back(each);
  }
  kept->spec.schema = std::make_shared<const Schema>(std::move(fields));
  StageSpec made;
  made.body = TransformSpec{[shared = std::shared_ptr<const WindowStage>(std::move(kept)), places] {
                              return std::make_unique<WindowTransform>(shared, places);
                            },
                            {.concurrency = Concurrency::replicated, .breaker = true}};
  return made;
}

}  // namespace weir
