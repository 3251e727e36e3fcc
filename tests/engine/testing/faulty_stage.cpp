#include "tests/engine/testing/faulty_stage.hpp"

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "engine/runtime/emissions.hpp"
#include "engine/testing/weakness.hpp"
#include "tests/engine/testing/number_stages.hpp"

namespace weir::testing {
namespace {

class FaultyByRecord final : public Transform {
 public:
  FaultyByRecord(std::unique_ptr<Transform> transform, FaultsPtr faults)
      : transform_(std::move(transform)), weakness_(std::move(faults)) {}
  void open() override {
    weakness_.open();
    transform_->open();
  }
  Cursor process(const Input& input, State*, Emitter& out) override {
    std::vector<std::int64_t> done;
    for (std::size_t row = 0; row < input.batch->rows(); ++row) {
      switch (tried(input, row, done, out)) {
        case ItemVerdict::later:
          out.emit(numbers(std::move(done)));
          return kDone;
        case ItemVerdict::again:
          --row;
          break;
        case ItemVerdict::left_out:
          break;
      }
    }
    out.emit(numbers(std::move(done)));
    return kDone;
  }

 private:
  /// `left_out`: or it went through.
  ItemVerdict tried(const Input& input, std::size_t row, std::vector<std::int64_t>& done, Emitter& out) {
    static const std::vector<bool> kPorts{true};
    const Batch record = input.batch->slice(row, 1);
    ErrorInfo error;
    try {
      weakness_.strike(*record);
      runtime::Emissions made(kPorts, 1);
      transform_->process({.batch = record, .port = input.port, .place = input.place}, nullptr, made);
      for (const auto& item : made.items)
        done.insert(done.end(), values_of(item.batch).begin(), values_of(item.batch).end());
      return ItemVerdict::left_out;
    } catch (...) {
      error = describe_current_exception();
    }
    return out.failed(row, std::move(error));
  }

  const std::unique_ptr<Transform> transform_;
  const Weakness weakness_;
};

}  // namespace

StageSpec faulty_by_record(StageSpec spec, FaultsPtr faults) {
  TransformSpec& body = std::get<TransformSpec>(spec.body);
  body.make = [make = body.make, faults = std::move(faults)] {
    return std::make_unique<FaultyByRecord>(make(), faults);
  };
  return spec;
}

}  // namespace weir::testing
