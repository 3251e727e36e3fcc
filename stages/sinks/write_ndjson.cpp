// write_ndjson: records as JSON objects, one a line, into a file, to standard output, or into a FIFO.

#include <memory>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/formats/ndjson_writer.hpp"
#include "stages/sinks/encoded_bytes.hpp"
#include "stages/sinks/output_file.hpp"
#include "stages/sinks/output_options.hpp"

namespace weir {
namespace {

class WriteNdjson final : public Sink {
 public:
  WriteNdjson(const std::string& path, OutputFile::Mode mode) : file_(path, mode) {}

  void open() override { file_.open(); }
  void adopt(Sink& failed) override { file_.adopt(static_cast<WriteNdjson&>(failed).file_); }

  Batch encode(const Batch& batch, Emitter& /*out*/) const override {
    std::string text;
    append_ndjson(text, as_records(batch));
    return std::make_shared<EncodedBytes>(std::move(text), batch->rows());
  }

  void write(const Batch& encoded, Emitter& out) override {
    if (!file_.write(static_cast<const EncodedBytes&>(*encoded).text())) out.enough();
  }

  void prepare() override { file_.prepare(); }
  void commit() override { file_.commit(); }
  void abort() noexcept override { file_.abort(); }

 private:
  OutputFile file_;
};

class WriteNdjsonPlan final : public StagePlan {
 public:
  explicit WriteNdjsonPlan(const Options& options) : mode_(output_mode(options)) {
    if (const auto path = options.path("path")) path_ = path->path;
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    inputs_.assign(inputs.begin(), inputs.end());
    return {};
  }

  StageSpec make() const override {
    SinkSpec sink;
    sink.traits.blocking = OutputFile::may_block(path_);
    sink.make = [path = path_, mode = mode_] { return std::make_unique<WriteNdjson>(path, mode); };
    StageSpec spec;
    spec.body = std::move(sink);
    return spec;
  }

 private:
  std::string path_;
  OutputFile::Mode mode_;
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
      {"path", "path", true, "The file; `-` is standard output.", ""},
      {"mode", "one of: replace, new", false, "What to do with a file that is there: replace it, or fail.",
       "replace"},
  };
  description.plan = plan_write_ndjson;
  return description;
}

}  // namespace weir
