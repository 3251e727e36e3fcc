// What weir::records_from makes: a source of a program's items. Another source hands them out in chunks, one
// after another; they become records here, on many threads.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weir/typed_stages.hpp"

namespace weir {
namespace {

// How chunks become batches. Shared by incarnations.
struct Conversion {
  FieldList fields;
  std::function<Members(const Payload&)> members_of;
  std::vector<bool> wanted;

  // The origins keep the chunk, and so does every string.
  std::shared_ptr<const RecordBatch> records_of(const Batch& chunk, RowErrors& errors) const {
    const RowSet rows = RowSet::range(0, chunk->rows());
    const Members members = members_of(*chunk);
    std::size_t held_bytes = chunk->rows() * members.stride;
    std::vector<ColumnPtr> columns =
        fields.write(members, rows, chunk->rows(), wanted, chunk, errors, held_bytes);
    auto origins =
        std::make_shared<const OriginFinder>([chunk](std::size_t row) { return chunk->origin_of(row); });
    return std::make_shared<RecordBatch>(fields.schema(), std::move(columns), rows, std::move(origins),
                                         held_bytes);
  }
};

class ConvertingSource final : public Source {
 public:
  ConvertingSource(std::shared_ptr<const Conversion> conversion, std::unique_ptr<Source> items)
      : conversion_(std::move(conversion)), items_(std::move(items)) {}

  void set_run(const RunSignals& run) override { items_->set_run(run); }
  void open() override { items_->open(); }
  std::optional<Work> next() override { return items_->next(); }
  std::string position() const override { return items_->position(); }
  void seek(const std::string& position) override { items_->seek(position); }
  void stop() noexcept override { items_->stop(); }
  SourceProgress progress() const noexcept override { return items_->progress(); }

  Cursor decode(const Batch& work, Cursor /*at*/, Emitter& out) const override {
    RowErrors errors;
    auto records = conversion_->records_of(work, errors);
    if (!errors.empty()) records = without_refused(std::move(records), errors, out);
    if (records->rows() > 0) out.emit(std::move(records));
    return kDone;
  }

 private:
  static std::shared_ptr<const RecordBatch> without_refused(std::shared_ptr<const RecordBatch> records,
                                                            const RowErrors& errors, Emitter& out) {
    std::vector<RowErrors::Entry> refused = errors.entries();
    std::sort(refused.begin(), refused.end(),
              [](const auto& a, const auto& b) { return a.physical_row < b.physical_row; });
    for (RowErrors::Entry& each : refused)
      out.reject(records, each.physical_row, {ErrorClass::data, std::move(each.message), {}, nullptr});
    auto kept = std::make_shared<std::vector<std::uint32_t>>();
    for (std::size_t row = 0; row < records->rows(); ++row)
      if (!errors.contains(row)) kept->push_back(static_cast<std::uint32_t>(row));
    return records->with_rows(RowSet::list(std::move(kept)));
  }

  const std::shared_ptr<const Conversion> conversion_;
  const std::unique_ptr<Source> items_;
};

class ItemSourcePlan final : public StagePlan {
 public:
  ItemSourcePlan(const Options& options, const detail::ItemSource& source)
      : stage_(std::make_shared<const std::string>(options.stage())), source_(source) {}

  std::vector<Schema> bind(std::span<const Schema> /*inputs*/, Problems& /*problems*/) override {
    return {*source_.fields.schema()};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    for (const Need need : outputs.front())
      wanted_.push_back(need != Need::none);
    return {};
  }

  StageSpec make() const override {
    auto conversion =
        std::make_shared<const Conversion>(Conversion{source_.fields, source_.members_of, wanted_});
    SourceSpec source;
    source.traits = source_.traits;
    source.traits.decodes = true;  // there it converts
    source.make = [conversion = std::move(conversion), make = source_.make, stage = stage_] {
      return std::make_unique<ConvertingSource>(conversion, make(stage));
    };
    StageSpec spec;
    spec.body = std::move(source);
    return spec;
  }

 private:
  const std::shared_ptr<const std::string> stage_;
  const detail::ItemSource source_;
  std::vector<bool> wanted_;  ///< from needs on, one a column
};

}  // namespace

namespace detail {

StageDescription describe(ItemSource source) {
  StageDescription description;
  description.type = "records_from";
  description.summary = "Gives out items of the program as records.";
  description.outputs = {{"out", "the items, in their order"}};
  description.plan = [source = std::move(source)](const Options& options) {
    return std::make_unique<ItemSourcePlan>(options, source);
  };
  return description;
}

}  // namespace detail
}  // namespace weir
