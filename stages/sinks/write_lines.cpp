// write_lines: one column of the records as lines of text, as it is.

#include <memory>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/records/value_text.hpp"
#include "stages/sinks/output_options.hpp"
#include "stages/sinks/text_sink.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

constexpr const char* kColumnDefault = "line";

// Appends the lines, save those of values that would be more than one. Answers how many these are.
std::size_t append_lines(std::string& to, const RecordBatch& batch, std::size_t column, Emitter& out) {
  const Column& values = batch.column(column);
  const bool may_have_line_ends = values.type() == Type::string || values.encoding() == Encoding::text;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    const std::size_t row = batch.row_set()[i];
    const std::size_t begin = to.size();
    if (values.is_valid(row)) append_value(to, values, row);
    if (may_have_line_ends && to.find('\n', begin) != std::string::npos) {
      to.resize(begin);
      ++left_out;
      out.reject(i, {ErrorClass::data,
                     "column " + batch.schema()[column].name +
                         ": the text has a line end in it, and would be more than one line; use write_csv or "
                         "write_ndjson, which quote it",
                     "weir::RecordError", nullptr});
      continue;
    }
    to += '\n';
  }
  return left_out;
}

class WriteLinesPlan final : public StagePlan {
 public:
  explicit WriteLinesPlan(const Options& options)
      : stage_(options.stage()), column_name_(options.text("column").value_or(kColumnDefault)) {
    if (const ConfigValue* written = options.value("column")) column_where_ = written->where;
    writing_.mode = output_mode(options);
    if (const auto path = options.path("path")) {
      writing_.path = path->path;
      if (!options.has("column")) column_where_ = path->where;
    }
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    columns_ = inputs.front().size();
    if (const auto column = inputs.front().find(column_name_)) {
      column_ = *column;
      return {};
    }
    const std::string mend = suggest_name(column_name_, inputs.front().names());
    problems.add({column_where_, stage_ + ".column", "there is no column `" + column_name_ + "`",
                  mend.empty() ? "name the column to write: `column: NAME`" : mend, column_name_.size()});
    return {};
  }

  std::vector<Needs> needs(std::span<const Needs> /*outputs*/) override {
    Needs needs(columns_, Need::none);
    needs[column_] = Need::text;
    return {needs};
  }

  StageSpec make() const override {
    TextWriting writing = writing_;
    writing.append_records = [column = column_](std::string& to, const RecordBatch& batch, Emitter& out) {
      return append_lines(to, batch, column, out);
    };
    StageSpec spec;
    spec.body = text_sink(std::move(writing));
    return spec;
  }

 private:
  const std::string stage_;
  const std::string column_name_;
  Location column_where_;
  TextWriting writing_;
  std::size_t columns_ = 0;  ///< from bind on, as column_
  std::size_t column_ = 0;
};

std::unique_ptr<StagePlan> plan_write_lines(const Options& options) {
  return std::make_unique<WriteLinesPlan>(options);
}

}  // namespace

StageDescription describe_write_lines() {
  StageDescription description;
  description.type = "write_lines";
  description.summary = "Writes one column as lines of text, as it is.";
  description.details =
      "No quotes, no header: a value a line. NULL is an empty line. A text with a line end in it would be "
      "more "
      "than one line, and is a record error. The file appears under its name when the whole run has "
      "succeeded; "
      "missing folders are made.";
  description.example = "type: write_lines\ncolumn: line\npath: out/errors.log\n";
  description.inputs = {{"in", "the records"}};
  description.options = {
      {"column", "name", false, "The column to write.", kColumnDefault},
      {"path", "path", true, std::string(kOutputPathSummary), ""},
      {"mode", "one of: replace, new", false, "What to do with a file that is there: replace it, or fail.",
       "replace"},
  };
  description.plan = plan_write_lines;
  return description;
}

}  // namespace weir
