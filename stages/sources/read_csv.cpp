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
#include "stages/sources/csv_records.hpp"
#include "stages/sources/csv_source.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

constexpr std::uint64_t kSniffRowsDefault = 1000;
/// How many files of a folder are looked at for one that was meant.
constexpr std::size_t kNeighboursMax = 1000;

// A type that the config gives a column, and where it says so.
struct TypeOverride {
  std::string column;
  Type type;
  Location where;
};

// The file that was meant by a path that names none: "did you mean `flights.csv`?", or nothing.
std::string suggest_neighbour(const std::string& path) {
  const std::filesystem::path wanted(path);
  const std::filesystem::path folder = wanted.has_parent_path() ? wanted.parent_path() : ".";
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end;
       !error && entry != end && names.size() < kNeighboursMax; entry.increment(error))
    names.push_back(entry->path().filename().string());
  const std::string nearest = nearest_name(wanted.filename().string(), names);
  return nearest.empty() ? std::string() : "did you mean `" + nearest + "`?";
}

class ReadCsvPlan final : public StagePlan {
 public:
  explicit ReadCsvPlan(const Options& options)
      : stage_(options.stage()),
        path_(options.path("path")),
        check_all_(options.choice("check", {"used", "all"}) == "all") {
    read_dialect(options);
    read_columns(options);
  }

  std::vector<Schema> bind(std::span<const Schema> /*inputs*/, Problems& problems) override {
    if (!path_) return {};
    try {
      input_ = std::make_shared<ByteInput>(path_->path);
      if (!sniffing_.schema && input_->is_terminal()) {
        report_terminal(problems);
        return {};
      }
      const bool must_not_wait = sniffing_.schema.has_value() && !input_->is_regular();
      schema_ = must_not_wait ? *sniffing_.schema : sniff_input(problems);
    } catch (const IoError& error) {
      report_input(problems, error.what(),
                   error.errno_value() == ENOENT ? suggest_neighbour(path_->path) : "");
      return {};
    }
    if (problems_found_) return {};
    override_types(problems);
    return {schema_};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    needs_ = outputs.front();
    return {};
  }

  StageSpec make() const override {
    // A file is opened again by each incarnation; an input that can be read only once is shared by them.
    std::shared_ptr<ByteInput> stream = input_->is_regular() ? nullptr : input_;
    const bool blocking = stream != nullptr;
    SourceSpec source;
    source.traits.blocking = blocking;
    source.make = [reading = reading(), stream = std::move(stream)] {
      return std::make_unique<CsvSource>(reading, stream);
    };
    StageSpec spec;
    spec.body = std::move(source);
    return spec;
  }

  std::optional<StageSpec> make_for(const std::vector<RawRecord>& records) const override {
    StageSpec spec;
    spec.body = csv_records_source(reading(), records);
    return spec;
  }

 private:
  std::shared_ptr<const CsvReading> reading() const {
    auto reading = std::make_shared<CsvReading>();
    reading->stage = stage_;
    reading->path = std::make_shared<const std::string>(path_->path);
    reading->dialect = sniffing_.dialect;
    reading->header = sniffing_.header;
    reading->schema = std::make_shared<const Schema>(schema_);
    reading->schema_is_given = sniffing_.schema.has_value();
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
    for (const auto& [column, type] : options.types("types"))
      overrides_.push_back({column, type, place_of_key(options, "types", column)});
    if (!options.has("schema")) return;
    std::vector<Field> fields;
    for (const auto& [column, type] : options.types("schema"))
      fields.push_back({column, type});
    if (fields.empty()) options.problem("schema", "the schema has no columns");
    if (options.has("types"))
      options.problem("types", "`schema:` gives all types already", "leave out `types:` or `schema:`");
    sniffing_.schema = Schema(std::move(fields));
  }

  static Location place_of_key(const Options& options, std::string_view option, std::string_view key) {
    const ConfigValue& map = *options.value(option);
    for (std::size_t i = 0; i < map.entries.size(); ++i)
      if (map.entries[i].key == key) return map.keys[i];
    return map.where;
  }

  // Reads the file's first block. What was read of an input that can be read only once stays there for the
  // run.
  Schema sniff_input(Problems& problems) {
    TextBlock head(kCsvBlockBytes);
    head.set_size(input_->read_at(0, head.data(), head.capacity()));
    input_->unread(head.text());
    if (const std::string_view format = csv::foreign_format(head.text()); !format.empty()) {
      report_input(problems, "'" + path_->path + "' is " + std::string(format) + ", not text in UTF-8",
                   "convert it first: read_csv reads plain UTF-8");
      return {};
    }
    csv::Sniffed sniffed = csv::sniff(head.text(), head.size() < head.capacity(), sniffing_);
    for (const csv::SniffProblem& problem : sniffed.problems)
      report_input(problems, "'" + path_->path + "': " + problem.message, problem.mend);
    return std::move(sniffed.schema);
  }

  // Nobody who has a config checked expects that it waits for rows to be typed.
  void report_terminal(Problems& problems) {
    problems.add({path_->where, stage_ + ".path",
                  input_->name() + " is a terminal, and columns cannot be sniffed from one",
                  std::string(csv::kSchemaMend) + ", or redirect a file into it", path_->written.size()});
  }

  void report_input(Problems& problems, std::string message, std::string mend) {
    problems_found_ = true;
    problems.add({path_->where, stage_ + ".path", std::move(message), std::move(mend), path_->written.size(),
                  ProblemKind::missing_input});
  }

  void override_types(Problems& problems) {
    std::vector<Field> fields = schema_.fields();
    for (const TypeOverride& given : overrides_) {
      if (const auto column = schema_.find(given.column))
        fields[*column] = {fields[*column].name, given.type};
      else
        problems.add({given.where, stage_ + ".types." + given.column,
                      "'" + path_->path + "' has no column `" + given.column + "`",
                      suggest_name(given.column, schema_.names()), given.column.size()});
    }
    schema_ = Schema(std::move(fields));
  }

  const std::string stage_;
  const std::optional<ConfiguredPath> path_;
  const bool check_all_;
  csv::SniffOptions sniffing_;
  std::vector<TypeOverride> overrides_;

  std::shared_ptr<ByteInput> input_;  ///< from bind on
  Schema schema_;                     ///< from bind on
  bool problems_found_ = false;       ///< by bind, with the input
  Needs needs_;                       ///< from needs on
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
      "int64, double, timestamp, else string; an unquoted empty field is NULL, \"\" is an empty string. The "
      "number of "
      "fields of each record is checked; a value is converted where a stage first computes with it. Records "
      "that do "
      "not fit leave by `errors`, with their text as it was read. A column in which the whole file has no "
      "value, as in a file of only a "
      "header, "
      "fits "
      "any type: to expressions it is NULL.";
  description.example = "type: read_csv\npath: data/flights.csv\ntypes: {delay: int64}\n";
  description.outputs = {{"out", "the records, in the order of the file"}};
  description.options = {
      {"path", "path", true, "The file; `-` is standard input.", ""},
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
  };
  description.plan = plan_read_csv;
  return description;
}

}  // namespace weir
