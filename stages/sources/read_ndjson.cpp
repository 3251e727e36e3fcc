// read_ndjson: records from JSON objects, one a line.

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "stages/formats/ndjson_sniffer.hpp"
#include "stages/sources/ndjson_source.hpp"
#include "stages/sources/reader_options.hpp"
#include "stages/sources/text_reader_plan.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

constexpr std::string_view kTerminalMend = "redirect a file into it";

class ReadNdjsonPlan final : public TextReaderPlan<NdjsonSource, NdjsonReading> {
 public:
  explicit ReadNdjsonPlan(const Options& options)
      : TextReaderPlan(options),
        check_all_(options.choice("check", {"used", "all"}) == "all"),
        sniff_rows_(options.count("sniff_rows").value_or(kSniffRowsDefault)),
        types_(read_types(options, "types")),
        source_column_(read_source_column(options)) {}

  std::vector<Schema> bind(std::span<const Schema> /*inputs*/, Problems& problems) override {
    const std::size_t problems_before = problems.all().size();
    if (!files_.open(true, kTerminalMend, problems)) return {};
    fields_.clear();
    paths_.clear();
    sniff(problems);
    if (problems.all().size() > problems_before) return {};
    override_types(problems);
    add_source_column(problems);
    if (problems.all().size() > problems_before) return {};
    schema_ = std::make_shared<const Schema>(fields_);
    return {*schema_};
  }

 private:
  std::shared_ptr<const NdjsonReading> reading() const override {
    auto reading = std::make_shared<NdjsonReading>();
    reading->stage = stage_;
    reading->files = files_.files();
    reading->schema = schema_;
    reading->paths = paths_;
    reading->needs = needs_;
    reading->check_all = check_all_;
    reading->has_source_column = source_column_.has_value();
    return reading;
  }

  // The first rows of the first files. Columns of which the whole input has no value are known to be NULL.
  void sniff(Problems& problems) {
    NdjsonSniffer sniffer;
    std::size_t rows_left = static_cast<std::size_t>(sniff_rows_);
    std::size_t file = 0;
    for (; file < files_.files().size() && (file == 0 || rows_left > 0); ++file) {
      const auto head = files_.head(file, kReadBlockBytes, problems);
      if (!head) return;
      rows_left -= sniffer.look_at(head->block.text(), head->is_whole, rows_left);
    }
    has_seen_all_ = sniffer.has_seen_all() && file == files_.files().size();
    take_fields(sniffer.fields(), problems);
  }

  void take_fields(std::vector<JsonField> found, Problems& problems) {
    if (found.size() > kJsonColumnsMax) {
      files_.report(0,
                    files_.name(0) + " has more than " + std::to_string(kJsonColumnsMax) +
                        " different fields in its first rows",
                    "read it by read_lines if its objects are maps from data to data", problems);
      return;
    }
    if (found.empty() && types_.empty()) {
      files_.report(0, files_.name(0) + ": no JSON object was found, so that the fields are not known",
                    "give them: `types: {field: type, ...}`", problems);
      return;
    }
    std::set<std::string> names;
    for (JsonField& each : found) {
      std::string name = to_string(each.path);
      if (!names.insert(name).second)
        files_.report(0, files_.name(0) + " has two different fields that would be the column `" + name + "`",
                      "rename one of them in the file", problems);
      fields_.push_back({std::move(name), each.type, has_seen_all_ && !each.is_seen});
      paths_.push_back(std::move(each.path));
    }
  }

  // `types:` also adds columns: fields that come later than the rows that were sniffed, elements of arrays,
  // objects whole.
  void override_types(Problems& problems) {
    for (const ConfiguredType& given : types_) {
      const auto known = std::find_if(fields_.begin(), fields_.end(),
                                      [&](const Field& field) { return field.name == given.column; });
      if (known != fields_.end()) {
        *known = {given.column, given.type};
        continue;
      }
      auto path = parse_json_path(given.column);
      if (!path || (has_seen_all_ && path->size() == 1 && !is_object(given.column))) {
        const std::string message =
            path ? "no record of " + files_.name(0) + " has the field `" + given.column + "`"
                 : "`" + given.column + "` is no path of fields";
        problems.add({given.where, stage_ + ".types." + given.column, message,
                      path ? suggest_name(given.column, Schema(fields_).names())
                           : "write it like `request.headers[0]`",
                      given.column.size()});
        continue;
      }
      fields_.push_back({given.column, given.type});
      paths_.push_back(std::move(*path));
    }
  }

  // Whether the name is that of an object, whose fields are columns.
  bool is_object(const std::string& name) const {
    return fields_.empty() || std::any_of(fields_.begin(), fields_.end(), [&](const Field& field) {
             return field.name.starts_with(name + ".");
           });
  }

  void add_source_column(Problems& problems) {
    if (!source_column_) return;
    for (const Field& field : fields_)
      if (field.name == source_column_->name) report_taken(*source_column_, stage_, problems);
    fields_.push_back({source_column_->name, Type::string});
  }

  const bool check_all_;
  const std::uint64_t sniff_rows_;
  const std::vector<ConfiguredType> types_;
  const std::optional<SourceColumn> source_column_;

  // From bind on.
  std::vector<Field> fields_;
  std::vector<JsonPath> paths_;
  bool has_seen_all_ = false;
  std::shared_ptr<const Schema> schema_;
};

std::unique_ptr<StagePlan> plan_read_ndjson(const Options& options) {
  return std::make_unique<ReadNdjsonPlan>(options);
}

}  // namespace

StageDescription describe_read_ndjson() {
  StageDescription description;
  description.type = "read_ndjson";
  description.summary = "Reads records from newline-delimited JSON: one object a line.";
  description.details =
      "Each field of the first rows becomes a column; a field that an object does not have is NULL. An "
      "object "
      "inside of an object gives a column for each of its fields, `request.status`; expressions name it in "
      "quotes: `\"request.status\" >= 500`. Arrays stay whole, as JSON text. `types:` gives types, and adds "
      "columns: `tags[0]` is an array's first element, `request: string` the whole object as JSON text, and "
      "fields that come later than the rows that were sniffed are named there, for else they are passed "
      "over. "
      "Types are sniffed: bool, int64, double, date, timestamp, else string, which takes every value as it "
      "is "
      "written; integers that do not fit 64 bits are text. A value that does not fit its column, and a line "
      "that is no JSON object, leaves by `errors`, with its text as it was read. Of a field that an object "
      "has "
      "twice the last one counts. Fields that no stage needs are checked for brackets, commas and strings "
      "alone. Empty lines are passed over. It holds a block of the file a worker.";
  description.example =
      "type: read_ndjson\npath: logs/*.ndjson\ntypes: {\"tags[0]\": string, request.ms: double}\n";
  description.outputs = {{"out", "the records, in the order of the file"}};
  description.options = {
      {"path", "path", true, std::string(kPathSummary), ""},
      {"types", "types", false, "Types of some columns, and of columns to add; the others are sniffed.", ""},
      {"sniff_rows", "count", false, "How many rows the columns are sniffed from.",
       std::to_string(kSniffRowsDefault)},
      {"check", "one of: used, all", false,
       "Whether values that no stage computes with must fit their type, too.", "used"},
      {"source_column", "name", false, std::string(kSourceColumnSummary), ""},
  };
  description.plan = plan_read_ndjson;
  return description;
}

}  // namespace weir
