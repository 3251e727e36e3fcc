// What the plans of the readers of text share: whose files they read, what is needed of them, and how their
// stage is made, for all of the input or for some of its records alone. One thread, as plans are.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stages/sources/raw_records.hpp"
#include "stages/sources/reader_files.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// `Source` is made of a shared `Reading`, which has files, schema and needs, and says all that its format
/// wants to know.
template <class Source, class Reading>
class TextReaderPlan : public StagePlan {
 public:
  explicit TextReaderPlan(const Options& options) : stage_(options.stage()), files_(options) {}

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    needs_ = outputs.front();
    return {};
  }

  StageSpec make() const override {
    SourceSpec source;
    source.traits.blocking = files_.has_stream();
    source.make = [reading = reading()] { return std::make_unique<Source>(reading); };
    StageSpec spec;
    spec.body = std::move(source);
    return spec;
  }

  std::optional<StageSpec> make_for(const std::vector<RawRecord>& records) const override {
    const std::shared_ptr<const Reading> reading = this->reading();
    StageSpec spec;
    spec.body =
        raw_records_source([reading] { return std::make_unique<Source>(reading); }, *reading, records);
    return spec;
  }

 protected:
  /// After bind and needs: what the source is made of.
  virtual std::shared_ptr<const Reading> reading() const = 0;

  const std::string stage_;
  ReaderFiles files_;
  Needs needs_;  ///< from needs on
};

}  // namespace weir
