#include "stages/config/column_order.hpp"

#include <algorithm>

#include "stages/records/null_column.hpp"
#include "weir/record_batch.hpp"

namespace weir {
namespace {

class ReorderColumns final : public Transform {
 public:
  ReorderColumns(std::shared_ptr<const Schema> schema, std::vector<std::size_t> sources)
      : schema_(std::move(schema)), sources_(std::move(sources)) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    std::vector<ColumnPtr> columns;
    columns.reserve(sources_.size());
    for (const std::size_t source : sources_) {
      const ColumnPtr& column = batch.columns()[source];
      const Type type = (*schema_)[columns.size()].type;
      const bool fits = column == nullptr || column->type() == type;
      columns.push_back(fits ? column : null_column(type, batch.physical_rows()));
    }
    out.emit(batch.with_columns(schema_, std::move(columns)));
    return kDone;
  }

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<std::size_t> sources_;
};

}  // namespace

bool have_same_layout(const Schema& a, const Schema& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Field& left, const Field& right) {
    return left.name == right.name && left.type == right.type;
  });
}

std::optional<std::vector<std::size_t>> columns_in_order(const Schema& wanted, const Schema& given) {
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::size_t> sources;
  for (const Field& field : wanted) {
    const auto found = std::find_if(given.begin(), given.end(), [&](const Field& source) {
      return source.name == field.name && (source.type == field.type || source.always_null);
    });
    if (found == given.end()) return std::nullopt;
    sources.push_back(static_cast<std::size_t>(found - given.begin()));
  }
  return sources;
}

Need need_of_source(Need wanted, const Field& place, const Field& source) {
  return wanted == Need::none || place.type == source.type ? wanted : Need::value;
}

StageSpec reorder_columns(std::string name, const Schema& wanted, std::vector<std::size_t> sources) {
  StageSpec spec;
  spec.name = std::move(name);
  spec.type = "reorder";
  spec.body = TransformSpec{[schema = std::make_shared<const Schema>(wanted),
                             sources = std::move(sources)]() -> std::unique_ptr<Transform> {
                              return std::make_unique<ReorderColumns>(schema, sources);
                            },
                            {.concurrency = Concurrency::stateless, .maps_records = true}};
  spec.inputs = {{"in", record_payload_type()}};
  spec.outputs = {{"out", record_payload_type()}};
  spec.errors_type = record_payload_type();
  return spec;
}

}  // namespace weir
