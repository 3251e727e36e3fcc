// read_lines: the lines of text files, each a record.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "stages/sources/lines_source.hpp"
#include "stages/sources/reader_options.hpp"
#include "stages/sources/text_reader_plan.hpp"

namespace weir {
namespace {

constexpr const char* kLineColumn = "line";
/// What is looked at to see whether a file is text: more than any byte order mark or signature.
constexpr std::size_t kSignatureBytesMax = 16;

class ReadLinesPlan final : public TextReaderPlan<LinesSource, LinesReading> {
 public:
  explicit ReadLinesPlan(const Options& options)
      : TextReaderPlan(options), source_column_(read_source_column(options)) {
    if (source_column_ && source_column_->name == kLineColumn)
      report_taken(*source_column_, stage_, options.problems());
  }

  std::vector<Schema> bind(std::span<const Schema> /*inputs*/, Problems& problems) override {
    if (!files_.open(false, "", problems) || !check_text(problems)) return {};
    std::vector<Field> fields{{kLineColumn, Type::string}};
    if (source_column_) fields.push_back({source_column_->name, Type::string});
    schema_ = std::make_shared<const Schema>(std::move(fields));
    return {*schema_};
  }

 private:
  // What can be read only once is not waited for: the reader will look at it.
  bool check_text(Problems& problems) const {
    bool is_text = true;
    for (std::size_t file = 0; file < files_.files().size(); ++file) {
      if (files_.files()[file].stream) continue;
      is_text = files_.head(file, kSignatureBytesMax, problems).has_value() && is_text;
    }
    return is_text;
  }

  std::shared_ptr<const LinesReading> reading() const override {
    auto reading = std::make_shared<LinesReading>();
    reading->stage = stage_;
    reading->files = files_.files();
    reading->schema = schema_;
    reading->needs = needs_;
    return reading;
  }

  const std::optional<SourceColumn> source_column_;
  std::shared_ptr<const Schema> schema_;  ///< from bind on
};

std::unique_ptr<StagePlan> plan_read_lines(const Options& options) {
  return std::make_unique<ReadLinesPlan>(options);
}

}  // namespace

StageDescription describe_read_lines() {
  StageDescription description;
  description.type = "read_lines";
  description.summary = "Reads the lines of text files, each as a record with the column `line`.";
  description.details =
      "Lines end in LF or CRLF, which are no part of them; an empty line is a record with an empty string. A "
      "line that is not UTF-8 leaves by `errors`. It holds a block of the file a worker.";
  description.example = "type: read_lines\npath: logs/*.log\nsource_column: file\n";
  description.outputs = {{"out", "the lines, in the order of the files"}};
  description.options = {
      {"path", "path", true, std::string(kPathSummary), ""},
      {"source_column", "name", false, std::string(kSourceColumnSummary), ""},
  };
  description.plan = plan_read_lines;
  return description;
}

}  // namespace weir
