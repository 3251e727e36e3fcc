// limit: the first records of the input.

#include <algorithm>
#include <limits>

#include "stages/builtin_stages.hpp"
#include "weir/record_batch.hpp"

namespace weir {
namespace {

struct Taken final : State {
  std::size_t rows = 0;
};

class LimitTransform final : public Transform {
 public:
  explicit LimitTransform(std::size_t limit) : limit_(limit) {}

  std::unique_ptr<State> make_state() const override { return std::make_unique<Taken>(); }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    std::size_t& taken = static_cast<Taken&>(*state).rows;
    const std::size_t rows = std::min(input.batch->rows(), limit_ - taken);
    if (rows < input.batch->rows()) out.filtered(input.batch->rows() - rows);
    if (rows > 0) out.emit(rows == input.batch->rows() ? input.batch : input.batch->slice(0, rows));
    if (taken + rows == limit_) out.enough();
    taken += rows;
    return kDone;
  }

 private:
  const std::size_t limit_;
};

class LimitPlan final : public StagePlan {
 public:
  explicit LimitPlan(const Options& options) {
    constexpr std::uint64_t kRowsMax = std::numeric_limits<std::size_t>::max();
    rows_ = static_cast<std::size_t>(std::min(options.count("rows").value_or(kRowsMax), kRowsMax));
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    return {inputs[0]};
  }
  std::vector<Needs> needs(std::span<const Needs> outputs) override { return {outputs[0]}; }

  StageSpec make() const override {
    StageSpec spec;
    spec.body = TransformSpec{[rows = rows_] { return std::make_unique<LimitTransform>(rows); },
                              {.concurrency = Concurrency::serial, .maps_records = true}};
    return spec;
  }

 private:
  std::size_t rows_ = 0;
};

std::unique_ptr<StagePlan> plan_limit(const Options& options) { return std::make_unique<LimitPlan>(options); }

}  // namespace

StageDescription describe_limit() {
  StageDescription description;
  description.type = "limit";
  description.summary = "Passes on the first records, and then lets the sources end.";
  description.details =
      "The first ones in the order of the input, whatever the number of threads. What nobody else reads is "
      "not "
      "read further: a limit behind a large file is quick. Nothing is held.";
  description.example = "type: limit\nrows: 100\n";
  description.inputs = {{"in", "the records"}};
  description.outputs = {{"out", "the first of them"}};
  description.options = {{"rows", "count", true, "How many records pass.", ""}};
  description.plan = plan_limit;
  return description;
}

}  // namespace weir
