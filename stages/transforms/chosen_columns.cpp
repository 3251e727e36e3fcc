#include "stages/transforms/chosen_columns.hpp"

#include <utility>

#include "weir/record_batch.hpp"

namespace weir {
namespace {

class ChosenColumnsTransform final : public Transform {
 public:
  ChosenColumnsTransform(std::shared_ptr<const Schema> schema, std::vector<std::size_t> sources)
      : schema_(std::move(schema)), sources_(std::move(sources)) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    std::vector<ColumnPtr> columns;
    columns.reserve(sources_.size());
    for (const std::size_t source : sources_)
      columns.push_back(batch.columns()[source]);
    out.emit(batch.with_columns(schema_, std::move(columns)));
    return kDone;
  }

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<std::size_t> sources_;
};

}  // namespace

std::vector<Schema> ChosenColumnsPlan::bind(std::span<const Schema> inputs, Problems& problems) {
  input_columns_ = inputs[0].size();
  sources_.clear();
  std::vector<Field> fields;
  for (Chosen& chosen : choose(inputs[0], problems)) {
    fields.push_back(inputs[0][chosen.source]);
    fields.back().name = std::move(chosen.name);
    sources_.push_back(chosen.source);
  }
  schema_ = std::make_shared<const Schema>(std::move(fields));
  return {*schema_};
}

std::vector<Needs> ChosenColumnsPlan::needs(std::span<const Needs> outputs) {
  Needs needs(input_columns_, Need::none);
  for (std::size_t column = 0; column < sources_.size(); ++column)
    needs[sources_[column]] = outputs[0][column];
  return {std::move(needs)};
}

StageSpec ChosenColumnsPlan::make() const {
  StageSpec spec;
  spec.body = TransformSpec{[schema = schema_, sources = sources_] {
                              return std::make_unique<ChosenColumnsTransform>(schema, sources);
                            },
                            {.concurrency = Concurrency::stateless, .maps_records = true}};
  return spec;
}

}  // namespace weir
