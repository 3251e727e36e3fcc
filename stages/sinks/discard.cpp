// discard: takes records and does nothing with them.

#include <memory>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"

namespace weir {
namespace {

class Discard final : public Sink {
 public:
  void write(const Batch& /*batch*/, Emitter& /*out*/) override {}
};

class DiscardPlan final : public StagePlan {
 public:
  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    columns_ = inputs.front().size();
    return {};
  }

  std::vector<Needs> needs(std::span<const Needs> /*outputs*/) override {
    return {Needs(columns_, Need::none)};
  }

  StageSpec make() const override {
    SinkSpec sink;
    sink.traits.ordered = false;
    sink.make = [] { return std::make_unique<Discard>(); };
    StageSpec spec;
    spec.body = std::move(sink);
    return spec;
  }

 private:
  std::size_t columns_ = 0;
};

}  // namespace

StageDescription describe_discard() {
  StageDescription description;
  description.type = "discard";
  description.summary = "Takes records and does nothing with them.";
  description.details =
      "Says of a port that nobody wants what comes out of it: an output that nothing reads is an error. The "
      "report counts what was discarded. No column is computed for it.";
  description.example = "type: discard\nfrom: flights.errors\n";
  description.inputs = {{"in", "the records"}};
  description.plan = [](const Options& /*options*/) { return std::make_unique<DiscardPlan>(); };
  return description;
}

}  // namespace weir
