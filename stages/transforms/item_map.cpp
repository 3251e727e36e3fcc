// What weir::map_records makes: a stage that calls a program's callable with each record.

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "stages/records/column_misfits.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "weir/typed_stages.hpp"

namespace weir {
namespace {

class ItemMapPlan final : public StagePlan {
 public:
  ItemMapPlan(const Options& options, const detail::ItemMap& map)
      : stage_(options), in_(map.in), out_(map.out), make_(map.configure(options)) {}

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    const Schema& input = inputs.front();
    input_columns_ = input.size();
    columns_.read = stage_.columns_in(input, in_, problems);
    std::vector<Field> fields = input.fields();
    for (const Field& made : *out_.schema()) {
      const auto replaced = std::find_if(fields.begin(), fields.end(),
                                         [&](const Field& field) { return field.name == made.name; });
      columns_.written.push_back(static_cast<std::size_t>(replaced - fields.begin()));
      if (replaced == fields.end())
        fields.push_back(made);
      else
        *replaced = made;
    }
    columns_.output = std::make_shared<const Schema>(std::move(fields));
    return {*columns_.output};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    Needs needs = outputs.front();
    for (const std::size_t column : columns_.written) {
      columns_.wanted.push_back(needs[column] != Need::none);
      needs[column] = Need::none;
    }
    needs.resize(input_columns_);
    for (const std::size_t column : columns_.read)
      needs[column] = Need::value;
    return {std::move(needs)};
  }

  StageSpec make() const override {
    StageSpec spec;
    spec.body =
        TransformSpec{[make = make_, columns = columns_] { return make(columns); },
                      {.concurrency = Concurrency::stateless, .splittable = false, .maps_records = true}};
    return spec;
  }

 private:
  const CheckedStage stage_;
  const FieldList in_;
  const FieldList out_;
  const detail::MapMaker make_;
  std::size_t input_columns_ = 0;
  detail::MapColumns columns_;  ///< from bind on; what is wanted: from needs on
};

}  // namespace

namespace detail {

bool MapOutput::refuse_unread(std::size_t row, const RowErrors& unread) {
  if (unread.empty()) return false;
  const std::size_t physical_row = batch_.row_set()[row];
  if (!unread.contains(physical_row)) return false;
  const auto entry = std::find_if(unread.entries().begin(), unread.entries().end(),
                                  [&](const auto& each) { return each.physical_row == physical_row; });
  out_.reject(row, {ErrorClass::data, entry->message, {}, nullptr});
  return true;
}

void MapOutput::emit(const MapColumns& columns, const FieldList& fields, const Members& members,
                     const Batch& results) {
  if (left_out_ > 0) out_.filtered(left_out_);
  if (kept_.empty()) return;
  const RowSet rows = RowSet::list(std::make_shared<const std::vector<std::uint32_t>>(std::move(kept_)));
  RowErrors errors;
  std::size_t text_bytes = 0;
  std::vector<ColumnPtr> made =
      fields.write(members, rows, batch_.physical_rows(), columns.wanted, results, errors, text_bytes);
  std::vector<ColumnPtr> all = batch_.columns();
  all.resize(columns.output->size());
  for (std::size_t i = 0; i < made.size(); ++i)
    all[columns.written[i]] = std::move(made[i]);
  if (text_bytes > 0) text_bytes += results->rows() * members.stride;  // the items are kept for their text
  out_.emit(std::make_shared<RecordBatch>(columns.output, std::move(all), without_refused(rows, errors),
                                          batch_.origins(), batch_.held_bytes() + text_bytes));
}

RowSet MapOutput::without_refused(const RowSet& rows, const RowErrors& errors) {
  if (errors.empty()) return rows;
  reject_failed_rows(batch_.row_set(), errors, out_);
  auto fitting = std::make_shared<std::vector<std::uint32_t>>();
  rows.for_each([&](std::size_t row) {
    if (!errors.contains(row)) fitting->push_back(static_cast<std::uint32_t>(row));
  });
  return RowSet::list(std::move(fitting));
}

StageDescription describe(ItemMap map) {
  StageDescription description;
  description.type = map.type;
  description.summary = "Calls the program with each record.";
  description.inputs = {{"in", "the records"}};
  description.outputs = {{"out", "the records with the columns that the program makes"}};
  description.plan = [map = std::move(map)](const Options& options) {
    return std::make_unique<ItemMapPlan>(options, map);
  };
  return description;
}

}  // namespace detail
}  // namespace weir
