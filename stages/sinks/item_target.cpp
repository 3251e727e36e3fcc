// What weir::records_to makes: a sink that hands records to a program as its items. They are made on many
// threads, and handed on by another sink, in order.

#include <memory>
#include <utility>
#include <vector>

#include "stages/records/column_misfits.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "weir/typed_stages.hpp"

namespace weir {
namespace {

// How batches become chunks. Shared by incarnations.
struct Conversion {
  std::function<Batch(const RecordBatch&, std::span<const std::size_t>, RowErrors&)> read;
  std::vector<std::size_t> columns;
};

class ConvertingSink final : public Sink {
 public:
  ConvertingSink(std::shared_ptr<const Conversion> conversion, std::unique_ptr<Sink> items)
      : conversion_(std::move(conversion)), items_(std::move(items)) {}

  void open() override { items_->open(); }
  void adopt(Sink& failed) override { items_->adopt(*static_cast<ConvertingSink&>(failed).items_); }

  Batch encode(const Batch& batch, Emitter& out) const override {
    RowErrors errors;
    Batch items = conversion_->read(as_records(batch), conversion_->columns, errors);
    reject_failed_rows(as_records(batch).row_set(), errors, out);
    return items;
  }

  void write(const Batch& items, Emitter& out) override { items_->write(items, out); }
  void prepare() override { items_->prepare(); }
  void commit() override { items_->commit(); }
  void abort() noexcept override { items_->abort(); }

 private:
  const std::shared_ptr<const Conversion> conversion_;
  const std::unique_ptr<Sink> items_;
};

class ItemTargetPlan final : public StagePlan {
 public:
  ItemTargetPlan(const Options& options, const detail::ItemTarget& target)
      : stage_(options), target_(target) {}

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    columns_ = stage_.columns_in(inputs.front(), target_.fields, problems);
    needs_.assign(inputs.front().size(), Need::none);
    for (const std::size_t column : columns_)
      if (column < needs_.size()) needs_[column] = Need::value;
    return {};
  }

  std::vector<Needs> needs(std::span<const Needs> /*outputs*/) override { return {needs_}; }

  StageSpec make() const override {
    auto conversion = std::make_shared<const Conversion>(Conversion{target_.read, columns_});
    SinkSpec sink;
    sink.traits = target_.traits;
    sink.traits.encodes = true;  // there it converts
    sink.make = [conversion = std::move(conversion), make = target_.make] {
      return std::make_unique<ConvertingSink>(conversion, make());
    };
    StageSpec spec;
    spec.body = std::move(sink);
    return spec;
  }

 private:
  const CheckedStage stage_;
  const detail::ItemTarget target_;
  std::vector<std::size_t> columns_;  ///< from bind on, as needs_
  Needs needs_;
};

}  // namespace

namespace detail {

StageDescription describe(ItemTarget target) {
  StageDescription description;
  description.type = "records_to";
  description.summary = "Hands records to the program as its items.";
  description.inputs = {{"in", "the records"}};
  description.plan = [target = std::move(target)](const Options& options) {
    return std::make_unique<ItemTargetPlan>(options, target);
  };
  return description;
}

}  // namespace detail
}  // namespace weir
