#include "stages/transforms/projecting_stage.hpp"

#include <utility>

#include "stages/transforms/failed_rows.hpp"

namespace weir {
namespace {

class ProjectingTransform final : public Transform {
 public:
  explicit ProjectingTransform(Projection projection) : projection_(std::move(projection)) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    std::vector<ColumnPtr> columns = projection_.evaluate(batch, errors);
    auto projected = batch.with_columns(projection_.schema(), std::move(columns));
    if (!errors.empty()) projected = projected->with_rows(reject_failed_rows(batch.row_set(), errors, out));
    if (projected->rows() > 0) out.emit(std::move(projected));
    return kDone;
  }

 private:
  Projection projection_;
};

}  // namespace

ProjectingPlan::ProjectingPlan(const Options& options, std::string_view option, Projection::Output output,
                               Projection::Sees sees)
    : expressions_(options.expressions(option)),
      output_(output),
      sees_(sees),
      variables_(options.variables()) {}

std::vector<Schema> ProjectingPlan::bind(std::span<const Schema> inputs, Problems& problems) {
  projection_ = Projection::bind(inputs[0], expressions_, output_, sees_, variables_, problems);
  return {*projection_.schema()};
}

std::vector<Needs> ProjectingPlan::needs(std::span<const Needs> outputs) {
  return {projection_.keep_needed(outputs[0])};
}

StageSpec ProjectingPlan::make() const {
  StageSpec spec;
  spec.body =
      TransformSpec{[projection = projection_] { return std::make_unique<ProjectingTransform>(projection); },
                    {.concurrency = Concurrency::stateless, .maps_records = true}};
  return spec;
}

}  // namespace weir
