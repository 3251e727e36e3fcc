// write_ndjson: records as JSON objects, one a line, into a file, to standard output, or into a FIFO.

#include <memory>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/formats/ndjson_writer.hpp"
#include "stages/sinks/output_options.hpp"
#include "stages/sinks/text_sink.hpp"

namespace weir {
namespace {

class WriteNdjsonPlan final : public StagePlan {
 public:
  explicit WriteNdjsonPlan(const Options& options) {
    writing_.mode = output_mode(options);
    if (const auto path = options.path("path")) writing_.path = path->path;
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    inputs_.assign(inputs.begin(), inputs.end());
    return {};
  }

  StageSpec make() const override {
    TextWriting writing = writing_;
    writing.append_records = [](std::string& to, const RecordBatch& batch, Emitter& /*out*/) {
      append_ndjson(to, batch);
      return std::size_t{0};
    };
    StageSpec spec;
    spec.body = text_sink(std::move(writing));
    return spec;
  }

 private:
  TextWriting writing_;
};

std::unique_ptr<StagePlan> plan_write_ndjson(const Options& options) {
  return std::make_unique<WriteNdjsonPlan>(options);
}

}  // namespace

StageDescription describe_write_ndjson() {
  StageDescription description;
  description.type = "write_ndjson";
  description.summary = "Writes records as newline-delimited JSON.";
  description.details =
      "One object a line, with the columns in order. NULL is null, and so is a double that JSON has no "
      "number for; "
      "timestamps are ISO strings. The file appears under its name when the whole run has succeeded; missing "
      "folders "
      "are made.";
  description.example = "type: write_ndjson\npath: out/bad.ndjson\n";
  description.inputs = {{"in", "the records"}};
  description.options = {
      {"path", "path", true, std::string(kOutputPathSummary), ""},
      {"mode", "one of: replace, new", false, "What to do with a file that is there: replace it, or fail.",
       "replace"},
  };
  description.plan = plan_write_ndjson;
  return description;
}

}  // namespace weir
