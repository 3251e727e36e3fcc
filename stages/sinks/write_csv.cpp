// write_csv: records into a CSV file, to standard output, or into a FIFO.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/formats/csv_writer.hpp"
#include "stages/sinks/encoded_bytes.hpp"
#include "stages/sinks/output_file.hpp"
#include "stages/sinks/output_options.hpp"

namespace weir {
namespace {

// What a writer was configured to do. Immutable once running; shared by incarnations.
struct CsvWriting {
  std::string path;
  OutputFile::Mode mode = OutputFile::Mode::replace;
  csv::Dialect dialect;
  bool header = true;
  Schema schema;
};

class WriteCsv final : public Sink {
 public:
  explicit WriteCsv(std::shared_ptr<const CsvWriting> writing)
      : writing_(std::move(writing)), file_(writing_->path, writing_->mode) {}

  void open() override { file_.open(); }
  void adopt(Sink& failed) override {
    auto& other = static_cast<WriteCsv&>(failed);
    file_.adopt(other.file_);
    header_written_ = other.header_written_;
  }

  Batch encode(const Batch& batch, Emitter& /*out*/) const override {
    std::string text;
    csv::append_records(text, as_records(batch), writing_->dialect);
    return std::make_shared<EncodedBytes>(std::move(text), batch->rows());
  }

  void write(const Batch& encoded, Emitter& out) override {
    if (!write_header() || !file_.write(static_cast<const EncodedBytes&>(*encoded).text())) out.enough();
  }

  void prepare() override {
    write_header();
    file_.prepare();
  }
  void commit() override { file_.commit(); }
  void abort() noexcept override { file_.abort(); }

 private:
  // Not in open: what reads a pipe may not be there yet.
  bool write_header() {
    if (header_written_) return true;
    std::string text;
    if (writing_->header) csv::append_header(text, writing_->schema, writing_->dialect);
    const bool wanted = file_.write(text);
    header_written_ = true;
    return wanted;
  }

  const std::shared_ptr<const CsvWriting> writing_;
  OutputFile file_;
  bool header_written_ = false;
};

class WriteCsvPlan final : public StagePlan {
 public:
  explicit WriteCsvPlan(const Options& options) {
    writing_.mode = output_mode(options);
    writing_.header = options.boolean("header").value_or(true);
    writing_.dialect.delimiter = options.character("delimiter").value_or(',');
    writing_.dialect.null_text = options.text("null").value_or("");
    const char delimiter = writing_.dialect.delimiter;
    if (delimiter == '\n' || delimiter == '\r' || delimiter == writing_.dialect.quote)
      options.problem("delimiter", "a line end or a quote cannot be the delimiter");
    if (writing_.dialect.null_text.find_first_of(
            std::string{delimiter, writing_.dialect.quote, '\n', '\r'}) != std::string::npos)
      options.problem("null", "delimiters, quotes and line ends cannot stand for NULL: '" +
                                  writing_.dialect.null_text + "'");
    if (const auto path = options.path("path")) writing_.path = path->path;
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    writing_.schema = inputs.front();
    return {};
  }

  std::vector<Needs> needs(std::span<const Needs> /*outputs*/) override {
    return {Needs(writing_.schema.size(), Need::text)};
  }

  StageSpec make() const override {
    SinkSpec sink;
    sink.traits.blocking = OutputFile::may_block(writing_.path);
    sink.make = [writing = std::make_shared<const CsvWriting>(writing_)] {
      return std::make_unique<WriteCsv>(writing);
    };
    StageSpec spec;
    spec.body = std::move(sink);
    return spec;
  }

 private:
  CsvWriting writing_;
};

std::unique_ptr<StagePlan> plan_write_csv(const Options& options) {
  return std::make_unique<WriteCsvPlan>(options);
}

}  // namespace

StageDescription describe_write_csv() {
  StageDescription description;
  description.type = "write_csv";
  description.summary = "Writes records into a CSV file.";
  description.details =
      "Quotes stand only where a reader needs them. NULL is an empty field, an empty string is \"\". Columns "
      "that were "
      "only copied from another CSV file keep their bytes. The file appears under its name when the whole "
      "run has "
      "succeeded; missing folders are made.";
  description.example = "type: write_csv\npath: out/busiest.csv\n";
  description.inputs = {{"in", "the records"}};
  description.options = {
      {"path", "path", true, "The file; `-` is standard output.", ""},
      {"mode", "one of: replace, new", false, "What to do with a file that is there: replace it, or fail.",
       "replace"},
      {"header", "bool", false, "Whether the first record holds the names.", "true"},
      {"delimiter", "character", false, "What stands between fields; `\\t` is a tab.", ","},
      {"null", "text", false, "What stands for NULL.", ""},
  };
  description.plan = plan_write_csv;
  return description;
}

}  // namespace weir
