// parse: makes columns of the parts of a text.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/formats/line_parser.hpp"
#include "stages/records/value_text.hpp"
#include "stages/transforms/column_names.hpp"
#include "stages/transforms/failed_rows.hpp"

namespace weir {
namespace {

// As much of a text as a message shows.
constexpr std::size_t kShownBytesMax = 80;

std::string shown(std::string_view text) {
  if (text.size() <= kShownBytesMax) return "`" + std::string(text) + "`";
  return "`" + std::string(text.substr(0, kShownBytesMax)) + "...`";
}

struct Parsing {
  std::shared_ptr<const LineParser> parser;
  std::size_t column = 0;
  std::size_t first_new = 0;  ///< the first of the new columns
  std::shared_ptr<const Schema> schema;
  std::vector<bool> needed;  ///< of the new columns
};

template <class T>
bool store_number(ColumnBuilder& builder, std::size_t row, std::optional<T> value) {
  if (value) builder.values<T>()[row] = *value;
  return value.has_value();
}

// Answers whether the text is a value of the type.
bool store(ColumnBuilder& builder, Type type, std::size_t row, const ParsedField& field) {
  switch (type) {
    case Type::string:
      if (field.is_changed) {
        builder.set_copy(row, field.text);
      } else {
        builder.set_view(row, field.text);
      }
      return true;
    case Type::boolean: {
      const auto value = parse_boolean(field.text);
      if (value) builder.values<std::uint8_t>()[row] = *value ? 1 : 0;
      return value.has_value();
    }
    case Type::float64:
      return store_number(builder, row, parse_double(field.text));
    case Type::timestamp:
      return store_number(builder, row, parse_timestamp(field.text));
    case Type::date:
      return store_number(builder, row, parse_date(field.text));
    case Type::int64:
      break;
  }
  return store_number(builder, row, parse_int64(field.text));
}

class ParseTransform final : public Transform {
 public:
  explicit ParseTransform(std::shared_ptr<const Parsing> parsing) : parsing_(std::move(parsing)) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    const Column& texts = batch.column(parsing_->column);
    std::vector<ColumnBuilder> builders = make_builders(texts);
    std::vector<ParsedField> fields(builders.size());
    RowErrors errors;
    batch.row_set().for_each([&](std::size_t row) {
      if (!texts.is_valid(row)) return set_nulls(builders, row);
      if (const auto wrong = parsing_->parser->parse(texts.text(row), fields)) {
        errors.add(row, "the text " + *wrong + ": " + shown(texts.text(row)));
      } else {
        store_fields(fields, row, builders, errors);
      }
    });
    std::vector<ColumnPtr> columns = batch.columns();
    for (std::size_t i = 0; i < builders.size(); ++i)
      columns.push_back(parsing_->needed[i] ? std::move(builders[i]).finish() : nullptr);
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    if (rows.size() > 0) out.emit(batch.with_columns(parsing_->schema, std::move(columns))->with_rows(rows));
    return kDone;
  }

 private:
  Type type_of(std::size_t field) const { return (*parsing_->schema)[parsing_->first_new + field].type; }

  // Their strings point into the texts.
  std::vector<ColumnBuilder> make_builders(const Column& texts) const {
    std::vector<ColumnBuilder> builders;
    for (std::size_t field = 0; field < parsing_->needed.size(); ++field) {
      builders.emplace_back(type_of(field), parsing_->needed[field] ? texts.size() : 0);
      builders.back().keep(texts);
    }
    return builders;
  }

  void set_nulls(std::vector<ColumnBuilder>& builders, std::size_t row) const {
    for (std::size_t i = 0; i < builders.size(); ++i)
      if (parsing_->needed[i]) builders[i].set_null(row);
  }

  // An empty text is a value of strings alone.
  void store_fields(const std::vector<ParsedField>& fields, std::size_t row,
                    std::vector<ColumnBuilder>& builders, RowErrors& errors) const {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!parsing_->needed[i]) continue;
      const Type type = type_of(i);
      if (fields[i].is_null || (fields[i].text.empty() && type != Type::string)) {
        builders[i].set_null(row);
      } else if (!store(builders[i], type, row, fields[i])) {
        errors.add(row, "`" + (*parsing_->schema)[parsing_->first_new + i].name + "` is to be " +
                            std::string(to_string(type)) + ", and the text has " + shown(fields[i].text) +
                            "; `types:` can make it a string");
      }
    }
  }

  std::shared_ptr<const Parsing> parsing_;
};

class ParsePlan final : public StagePlan {
 public:
  explicit ParsePlan(const Options& options) : columns_(read_column_names(options, "column")) {
    const std::string format = options.choice("format", {"regex", "nginx", "logfmt"});
    if (const ConfigValue* pattern = options.value("pattern")) where_ = pattern->where;
    for (auto& [name, type] : options.types("types"))
      types_.push_back(
          {{name, options.value("types")->find(name)->where, options.stage() + ".types." + name}, type});
    if (columns_.size() > 1)
      options.problem("column", "one column is parsed at a time", "write one `parse` for each");
    if (format == "regex") {
      plan_regex(options);
    } else if (options.has("pattern")) {
      options.problem("pattern", "`" + format + "` has no pattern", "leave it out, or write `format: regex`");
    } else if (format == "nginx") {
      parser_ = make_access_log_parser();
    } else {
      plan_logfmt(options);
    }
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    std::vector<Field> fields = inputs[0].fields();
    parsing_ = {};
    parsing_.parser = parser_;
    parsing_.first_new = fields.size();
    if (!columns_.empty()) bind_column(inputs[0], problems);
    if (parser_ != nullptr) add_fields(fields, problems);
    parsing_.schema = std::make_shared<const Schema>(std::move(fields));
    return {*parsing_.schema};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    const auto middle = outputs[0].begin() + static_cast<std::ptrdiff_t>(parsing_.first_new);
    Needs needs(outputs[0].begin(), middle);
    needs[parsing_.column] = Need::value;
    parsing_.needed.clear();
    for (auto need = middle; need != outputs[0].end(); ++need)
      parsing_.needed.push_back(*need != Need::none);
    return {std::move(needs)};
  }

  StageSpec make() const override {
    StageSpec spec;
    spec.body = TransformSpec{[shared = std::make_shared<const Parsing>(parsing_)] {
                                return std::make_unique<ParseTransform>(shared);
                              },
                              {.concurrency = Concurrency::stateless, .maps_records = true}};
    return spec;
  }

 private:
  void plan_regex(const Options& options) {
    const auto pattern = options.text("pattern");
    if (!pattern) {
      if (!options.has("pattern"))
        options.problem("format", "a regex needs a `pattern`",
                        "pattern: '(?P<name>...)', a column for each named group");
      return;
    }
    PatternProblem problem;
    parser_ = make_regex_parser(*pattern, problem);
    if (parser_ == nullptr) options.problem("pattern", problem.message, problem.mend);
  }

  void plan_logfmt(const Options& options) {
    std::vector<std::string> keys;
    for (const auto& [name, type] : types_)
      keys.push_back(name.name);
    if (keys.empty() && !options.has("types"))
      options.problem("format", "logfmt needs `types`: which keys are to become columns",
                      "types: {level: string}");
    parser_ = make_logfmt_parser(std::move(keys));
  }

  void bind_column(const Schema& input, Problems& problems) {
    const auto column = find_column(columns_.front(), input, problems);
    if (!column) return;
    parsing_.column = *column;
    if (input[*column].type == Type::string) return;
    problems.add({columns_.front().where, columns_.front().field,
                  "a text is parsed, and `" + input[*column].name + "` is " +
                      std::string(to_string(input[*column].type)),
                  "make it a string: `types:` at its reader", columns_.front().name.size()});
  }

  // The parser's fields with the types that the config gives them.
  void add_fields(std::vector<Field>& fields, Problems& problems) {
    const Schema parsed(parser_->fields());
    for (const Field& field : parsed) {
      const bool taken = std::any_of(fields.begin(), fields.end(),
                                     [&](const Field& other) { return other.name == field.name; });
      if (taken) {
        problems.add({where_.line > 0 ? where_ : columns_.front().where, columns_.front().field,
                      "the input has a column `" + field.name + "` already", "rename or drop it before"});
      }
      fields.push_back(field);
    }
    for (const auto& [name, type] : types_)
      if (const auto field = find_column(name, parsed, problems))
        fields[parsing_.first_new + *field].type = type;
  }

  std::vector<ConfiguredName> columns_;
  std::vector<std::pair<ConfiguredName, Type>> types_;
  Location where_;  ///< of the pattern
  std::shared_ptr<const LineParser> parser_;
  Parsing parsing_;
};

std::unique_ptr<StagePlan> plan_parse(const Options& options) { return std::make_unique<ParsePlan>(options); }

}  // namespace

StageDescription describe_parse() {
  StageDescription description;
  description.type = "parse";
  description.summary = "Makes columns of the parts of a text.";
  description.details =
      "The formats:\n"
      "  regex   a column for each named group of `pattern` (RE2's syntax, found anywhere in the text); a "
      "group that "
      "takes no part is NULL\n"
      "  nginx   an access log in the combined format: remote_addr, remote_user, time, method, path, "
      "protocol, status, "
      "bytes, referer, user_agent; `-` is NULL, and so are the last two in a log in the common format\n"
      "  logfmt  key=value pairs, values with blanks in double quotes: a column for each key of `types`; a "
      "key that is not there is NULL, of one that comes twice the last counts, words without = are passed "
      "over\n"
      "Columns are strings unless `types` says otherwise. A text that does not fit is a record error; NULL "
      "gives NULLs. "
      "The text itself stays; `drop` leaves it out. Nothing is held, and strings are not copied.";
  description.example =
      "type: parse\ncolumn: line\nformat: regex\npattern: '(?P<level>\\w+) (?P<ms>\\d+)ms'\ntypes: {ms: "
      "int64}\n";
  description.inputs = {{"in", "the records with the text"}};
  description.outputs = {{"out", "the same records, with more columns"}};
  description.options = {
      {"column", "name", true, "The column whose text is parsed.", ""},
      {"format", "one of: regex, nginx, logfmt", false, "How the text is written.", "regex"},
      {"pattern", "text", false,
       "Of regex: the regular expression, with a named group (?P<name>...) a column.", ""},
      {"types", "types", false, "{column: type} of new columns; of logfmt: the keys that are wanted.", ""}};
  description.plan = plan_parse;
  return description;
}

}  // namespace weir
