// A reader planned from YAML, as a config would have it, and read without an engine. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "stages/config/diagnostic_text.hpp"
#include "stages/config/yaml_reader.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "weir/record_stage.hpp"

namespace weir::testing {

class PlannedReader {
 public:
  PlannedReader(StageDescription description, const std::string& yaml)
      : map_(read_yaml(yaml, "stage.yaml", "", problems_)) {
    plan_ = description.plan(Options(description.type, map_, problems_, {}));
    const std::vector<Schema> outputs = plan_->bind({}, problems_);
    if (!outputs.empty()) schema_ = outputs.front();
  }

  std::string problems() const { return to_text(problems_.all(), Colour::never); }
  const std::vector<Diagnostic>& diagnostics() const { return problems_.all(); }
  const Schema& schema() const noexcept { return schema_; }

  /// Reads all; by default with every column as a value.
  void read(Emitter& out, std::optional<Needs> needs = std::nullopt) const {
    const auto source = make(std::move(needs));
    source->open();
    while (const auto work = source->next())
      for (Cursor at = 0; at != kDone;)
        at = source->decode(work->payload, at, out);
  }

  std::unique_ptr<Source> make(std::optional<Needs> needs = std::nullopt) const {
    const std::vector<Needs> outputs{needs ? std::move(*needs) : Needs(schema_.size(), Need::value)};
    plan_->needs(outputs);
    return std::get<SourceSpec>(plan_->make().body).make();
  }

 private:
  Problems problems_;
  ConfigValue map_;
  std::unique_ptr<StagePlan> plan_;
  Schema schema_;
};

}  // namespace weir::testing
