// read_csv: records from a CSV file, from standard input, or from a FIFO.

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "stages/formats/csv_sniffer.hpp"
#include "stages/sources/csv_columns.hpp"
#include "stages/sources/csv_source.hpp"
#include "stages/sources/reader_options.hpp"
#include "stages/sources/text_reader_plan.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

/// Files after the first are looked at for their headers alone, which must not be longer.
constexpr std::size_t kHeaderBytesMax = std::size_t{64} << 10;
constexpr const char* kColumnsMend = "say `columns: union` to bring them together by their names";
constexpr std::string_view kSchemaMendOrRedirect =
    "give all names and types: `schema: {name: type, ...}`, or redirect a file into it";
class ReadCsvPlan final : public TextReaderPlan<CsvSource, CsvReading> {
 public:
  explicit ReadCsvPlan(const Options& options)
      : TextReaderPlan(options),
        check_all_(options.choice("check", {"used", "all"}) == "all"),
        is_union_(options.choice("columns", {"same", "union"}) == "union"),
        source_column_(read_source_column(options)) {
    read_dialect(options);
    read_columns(options);
    if (is_union_ && (sniffing_.schema || !sniffing_.header))
      options.problem("columns", "columns are brought together by the names in the files' headers",
                      "leave out `columns: union`, or `schema:` and `header: false`");
  }

  std::vector<Schema> bind(std::span<const Schema> /*inputs*/, Problems& problems) override {
    const std::size_t problems_before = problems.all().size();
    if (!files_.open(!sniffing_.schema, kSchemaMendOrRedirect, problems)) return {};
    const bool must_not_wait = sniffing_.schema.has_value() && files_.has_stream();
    schema_ = must_not_wait ? *sniffing_.schema : sniff_input(problems);
    if (problems.all().size() > problems_before) return {};
    override_types(problems);
    add_source_column(problems);
    return {schema_};
  }

 private:
  std::shared_ptr<const CsvReading> reading() const override {
    auto reading = std::make_shared<CsvReading>();
    reading->stage = stage_;
    reading->files = files_.files();
    reading->dialect = sniffing_.dialect;
    reading->header = sniffing_.header;
    reading->schema = std::make_shared<const Schema>(schema_);
    reading->schema_is_given = sniffing_.schema.has_value();
    reading->columns_of_files = columns_of_files_;
    reading->has_source_column = source_column_.has_value();
    reading->needs = needs_;
    reading->check_all = check_all_;
    return reading;
  }

  void read_dialect(const Options& options) {
    csv::Dialect& dialect = sniffing_.dialect;
    dialect.delimiter = options.character("delimiter").value_or(',');
    dialect.quote = options.character("quote").value_or('"');
    dialect.null_text = options.text("null").value_or("");
    sniffing_.header = options.boolean("header").value_or(true);
    const auto is_line_end = [](char byte) { return byte == '\n' || byte == '\r'; };
    if (is_line_end(dialect.delimiter)) options.problem("delimiter", "a line end cannot be the delimiter");
    if (is_line_end(dialect.quote)) options.problem("quote", "a line end cannot be the quote");
    if (dialect.delimiter == dialect.quote)
      options.problem(options.has("quote") ? "quote" : "delimiter",
                      std::string("delimiter and quote are the same: '") + dialect.quote + "'");
  }

  void read_columns(const Options& options) {
    sniffing_.rows_max = static_cast<std::size_t>(options.count("sniff_rows").value_or(kSniffRowsDefault));
    overrides_ = read_types(options, "types");
    if (!options.has("schema")) return;
    std::vector<Field> fields;
    for (const auto& [column, type] : options.types("schema"))
      fields.push_back({column, type});
    if (fields.empty()) options.problem("schema", "the schema has no columns");
    if (options.has("types"))
      options.problem("types", "`schema:` gives all types already", "leave out `types:` or `schema:`");
    sniffing_.schema = Schema(std::move(fields));
  }

  // The columns, from the first file. Empty, with problems, where a file is not as it should be.
  Schema sniff_input(Problems& problems) {
    Schema schema;
    std::vector<std::string> first_names;
    CsvColumnUnion columns;
    for (std::size_t file = 0; file < files_.files().size(); ++file) {
      const auto head =
          files_.head(file, file == 0 || is_union_ ? kReadBlockBytes : kHeaderBytesMax, problems);
      if (!head) continue;
      const std::string_view text = head->block.text();
      if (is_union_) {
        columns.add(sniff_file(file, text, head->is_whole, problems));
        continue;
      }
      const std::vector<std::string> names = csv::first_record(text, head->is_whole, sniffing_.dialect);
      if (file == 0) {
        schema = sniff_first(text, head->is_whole, problems);
        first_names = names;
      } else if (!text.empty()) {
        check_columns(file, names, first_names, problems);
      }
    }
    if (!is_union_) return schema;
    columns_of_files_ = columns.columns_of_files();
    return columns.schema();
  }

  Schema sniff_file(std::size_t file, std::string_view text, bool is_whole, Problems& problems) const {
    csv::Sniffed sniffed = csv::sniff(text, is_whole, sniffing_);
    for (const csv::SniffProblem& problem : sniffed.problems)
      files_.report(file, files_.name(file) + ": " + problem.message, problem.mend, problems);
    return std::move(sniffed.schema);
  }

  Schema sniff_first(std::string_view text, bool is_whole, Problems& problems) const {
    Schema schema = sniff_file(0, text, is_whole, problems);
    // A column that has no value in one file may have some in another.
    if (files_.files().size() == 1) return schema;
    std::vector<Field> fields = schema.fields();
    for (Field& field : fields)
      field.always_null = false;
    return Schema(std::move(fields));
  }

  // All files are to have the columns of the first.
  void check_columns(std::size_t file, const std::vector<std::string>& names,
                     const std::vector<std::string>& first_names, Problems& problems) const {
    if (names.size() != first_names.size()) {
      files_.report(file,
                    files_.name(file) + " has " + std::to_string(names.size()) + " columns, " +
                        files_.name(0) + " has " + std::to_string(first_names.size()),
                    kColumnsMend, problems);
      return;
    }
    for (std::size_t column = 0; sniffing_.header && column < names.size(); ++column)
      if (names[column] != first_names[column]) {
        files_.report(file,
                      "column " + std::to_string(column + 1) + " of " + files_.name(file) + " is `" +
                          names[column] + "`, that of " + files_.name(0) + " is `" + first_names[column] +
                          "`",
                      kColumnsMend, problems);
        return;
      }
  }

  void add_source_column(Problems& problems) {
    if (!source_column_) return;
    std::vector<Field> fields = schema_.fields();
    for (const Field& field : fields)
      if (field.name == source_column_->name) report_taken(*source_column_, stage_, problems);
    fields.push_back({source_column_->name, Type::string});
    schema_ = Schema(std::move(fields));
  }

  void override_types(Problems& problems) {
    std::vector<Field> fields = schema_.fields();
    for (const ConfiguredType& given : overrides_) {
      if (const auto column = schema_.find(given.column))
        fields[*column] = {fields[*column].name, given.type};
      else
        problems.add({given.where, stage_ + ".types." + given.column,
                      files_.name(0) + " has no column `" + given.column + "`",
                      suggest_name(given.column, schema_.names()), given.column.size()});
    }
    schema_ = Schema(std::move(fields));
  }

  const bool check_all_;
  const bool is_union_;
  const std::optional<SourceColumn> source_column_;
  csv::SniffOptions sniffing_;
  std::vector<ConfiguredType> overrides_;

  Schema schema_;                                 ///< from bind on
  std::vector<CsvFileColumns> columns_of_files_;  ///< from bind on, of a union
};

std::unique_ptr<StagePlan> plan_read_csv(const Options& options) {
  return std::make_unique<ReadCsvPlan>(options);
}

}  // namespace

StageDescription describe_read_csv() {
  StageDescription description;
  description.type = "read_csv";
  description.summary = "Reads records from a CSV file.";
  description.details =
      "Quotes as in RFC 4180, also around newlines; rows end in LF or CRLF. Types are sniffed from the first "
      "rows: bool, "
      "int64, double, date, timestamp, else string; an unquoted empty field is NULL, \"\" is an empty "
      "string. The "
      "number of "
      "fields of each record is checked; a value is converted where a stage first computes with it. Records "
      "that do "
      "not fit leave by `errors`, with their text as it was read. A column in which the whole file has no "
      "value, as in a file of only a "
      "header, "
      "fits "
      "any type: to expressions it is NULL. Several files must have the same columns in the same order; "
      "types "
      "are sniffed from the first.";
  description.example = "type: read_csv\npath: data/flights.csv\ntypes: {delay: int64}\n";
  description.outputs = {{"out", "the records, in the order of the files"}};
  description.options = {
      {"path", "path", true, std::string(kPathSummary), ""},
      {"types", "types", false, "Types of some columns; the others are sniffed.", ""},
      {"schema", "types", false, "Names and types of all columns, in order; nothing is sniffed.", ""},
      {"header", "bool", false,
       "Whether the first record holds the names; without, they are column1, column2 ...", "true"},
      {"delimiter", "character", false, "What stands between fields; `\\t` is a tab.", ","},
      {"quote", "character", false, "What stands around fields with delimiters or newlines in them.", "\""},
      {"null", "text", false, "Unquoted text that stands for NULL, beside nothing at all.", ""},
      {"sniff_rows", "count", false, "How many rows the types are sniffed from.",
       std::to_string(kSniffRowsDefault)},
      {"check", "one of: used, all", false,
       "Whether values that no stage computes with must fit their type, too.", "used"},
      {"columns", "one of: same, union", false,
       "Whether all files must have the same columns, or together give all of theirs.", "same"},
      {"source_column", "name", false, std::string(kSourceColumnSummary), ""},
  };
  description.plan = plan_read_csv;
  return description;
}

}  // namespace weir
