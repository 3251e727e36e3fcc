// write_csv: records into a CSV file, to standard output, or into a FIFO.

#include <memory>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/formats/csv_writer.hpp"
#include "stages/sinks/output_options.hpp"
#include "stages/sinks/text_sink.hpp"

namespace weir {
namespace {

class WriteCsvPlan final : public StagePlan {
 public:
  explicit WriteCsvPlan(const Options& options) {
    writing_.mode = output_mode(options);
    header_ = options.boolean("header").value_or(true);
    dialect_.delimiter = options.character("delimiter").value_or(',');
    dialect_.null_text = options.text("null").value_or("");
    const char delimiter = dialect_.delimiter;
    if (delimiter == '\n' || delimiter == '\r' || delimiter == dialect_.quote)
      options.problem("delimiter", "a line end or a quote cannot be the delimiter");
    if (dialect_.null_text.find_first_of(std::string{delimiter, dialect_.quote, '\n', '\r'}) !=
        std::string::npos)
      options.problem("null",
                      "delimiters, quotes and line ends cannot stand for NULL: '" + dialect_.null_text + "'");
    if (const auto path = options.path("path")) writing_.path = path->path;
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    schema_ = inputs.front();
    return {};
  }

  std::vector<Needs> needs(std::span<const Needs> /*outputs*/) override {
    return {Needs(schema_.size(), Need::text)};
  }

  StageSpec make() const override {
    TextWriting writing = writing_;
    if (header_) csv::append_header(writing.header, schema_, dialect_);
    writing.append_records = [dialect = dialect_](std::string& to, const RecordBatch& batch,
                                                  Emitter& /*out*/) {
      csv::append_records(to, batch, dialect);
      return std::size_t{0};
    };
    StageSpec spec;
    spec.body = text_sink(std::move(writing));
    return spec;
  }

 private:
  TextWriting writing_;
  csv::Dialect dialect_;
  bool header_ = true;
  Schema schema_;
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
      {"path", "path", true, std::string(kOutputPathSummary), ""},
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
