#include "stages/config/refused_records.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "stages/records/value_text.hpp"
#include "weir/record_batch.hpp"

namespace weir {
namespace {

using Columns = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// Rows of a batch: as a reader's.
constexpr std::size_t kBatchRows = 4096;
/// Different problems that are told; more are no help.
constexpr std::size_t kProblemsMax = 20;
/// As much of a value as a message shows.
constexpr std::size_t kShownBytesMax = 80;

std::string shown(std::string_view text) {
  if (text.size() <= kShownBytesMax) return "`" + std::string(text) + "`";
  return "`" + std::string(text.substr(0, kShownBytesMax)) + "...`";
}

std::string with_article(Type type) {
  return (type == Type::int64 ? "an " : "a ") + std::string(to_string(type));
}

bool has_column(const Schema& schema, const std::string& name) {
  return std::any_of(schema.begin(), schema.end(), [&](const Field& field) { return field.name == name; });
}

const std::optional<std::string>* find(const Columns& columns, const std::string& name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const auto& column) { return column.first == name; });
  return found == columns.end() ? nullptr : &found->second;
}

// Whether a text is a value of the type.
bool fits(Type type, const std::string& text) {
  switch (type) {
    case Type::boolean:
      return parse_boolean(text).has_value();
    case Type::int64:
      return parse_int64(text).has_value();
    case Type::float64:
      return parse_double(text).has_value();
    case Type::timestamp:
      return parse_timestamp(text).has_value();
    case Type::date:
      return parse_date(text).has_value();
    case Type::string:
      break;
  }
  return true;
}

void set_value(ColumnBuilder& builder, Type type, std::size_t row, const std::string& text) {
  switch (type) {
    case Type::boolean:
      builder.values<std::uint8_t>()[row] = *parse_boolean(text) ? 1 : 0;
      return;
    case Type::int64:
      builder.values<std::int64_t>()[row] = *parse_int64(text);
      return;
    case Type::float64:
      builder.values<double>()[row] = *parse_double(text);
      return;
    case Type::timestamp:
      builder.values<std::int64_t>()[row] = *parse_timestamp(text);
      return;
    case Type::date:
      builder.values<std::int64_t>()[row] = *parse_date(text);
      return;
    case Type::string:
      builder.set_copy(row, text);
  }
}

// Checks records against an input, and makes batches of those that fit.
class BatchMaker {
 public:
  BatchMaker(const RefusingInput& input, LetterProblems& problems)
      : input_(input), schema_(std::make_shared<const Schema>(input.schema)), problems_(problems) {}

  bool takes(const RefusedRecord& record) {
    if (!record.columns)
      return refuse(record, "the record has no columns for `" + input_.stage + "`: " + shown(record.text));
    return has_no_other_columns(record) && has_needed_values(record);
  }

  Work make(std::span<const RefusedRecord* const> records) const {
    std::vector<ColumnPtr> columns;
    for (std::size_t column = 0; column < schema_->size(); ++column)
      columns.push_back(make_column(records, column));
    std::vector<Origin> origins;
    for (const RefusedRecord* record : records)
      origins.push_back(record->origin);
    const auto finder = std::make_shared<const OriginFinder>(
        [origins = std::move(origins)](std::size_t row) { return origins[row]; });
    return {
        std::make_shared<RecordBatch>(schema_, std::move(columns), RowSet::range(0, records.size()), finder),
        records.front()->origin};
  }

 private:
  bool refuse(const RefusedRecord& record, std::string message, std::string mend = {}) {
    problems_.add(record, std::move(message), std::move(mend));
    return false;
  }

  bool has_no_other_columns(const RefusedRecord& record) {
    for (const auto& [name, value] : *record.columns) {
      if (has_column(*schema_, name)) continue;
      if (is_a_result(record))
        return refuse(record,
                      "`" + input_.stage +
                          "` made this record itself, so it cannot be given to it: " + shown(record.text));
      return refuse(record,
                    "the record has a column `" + name + "`, which `" + input_.stage + "` is not given",
                    suggest_name(name, schema_->names()));
    }
    return true;
  }

  // A sum that does not fit, say, is refused with the columns that the stage gives out.
  bool is_a_result(const RefusedRecord& record) const {
    return std::any_of(input_.outputs.begin(), input_.outputs.end(), [&](const Schema& output) {
      return std::all_of(record.columns->begin(), record.columns->end(),
                         [&](const auto& column) { return has_column(output, column.first); });
    });
  }

  bool has_needed_values(const RefusedRecord& record) {
    for (std::size_t column = 0; column < schema_->size(); ++column) {
      const Field& field = (*schema_)[column];
      if (input_.needs[column] == Need::none) continue;
      const auto* const value = find(*record.columns, field.name);
      if (value == nullptr)
        return refuse(
            record, "the record lacks the column `" + field.name + "`, which is needed now",
            "nobody needed it when the record was refused: replay it into that config, or run again");
      if (field.always_null && *value)
        return refuse(record,
                      "`" + field.name + "` has no values in the input now, so `" + input_.stage +
                          "` was planned for none, not for " + shown(**value),
                      "give the column its type where it is read: `types: {" + field.name + ": ...}`");
      if (input_.needs[column] == Need::value && *value && !fits(field.type, **value))
        return refuse(record,
                      "`" + field.name + "` wants " + with_article(field.type) + ", not " + shown(**value));
    }
    return true;
  }

  ColumnPtr make_column(std::span<const RefusedRecord* const> records, std::size_t column) const {
    if (input_.needs[column] == Need::none) return nullptr;
    const Field& field = (*schema_)[column];
    const bool as_text = input_.needs[column] == Need::text;
    ColumnBuilder builder(field.type, records.size(), as_text ? Encoding::text : Encoding::values);
    for (std::size_t row = 0; row < records.size(); ++row) {
      const std::optional<std::string>& value = *find(*records[row]->columns, field.name);
      if (!value) {
        builder.set_null(row);
      } else if (as_text) {
        builder.set_copy(row, *value);
      } else {
        set_value(builder, field.type, row, *value);
      }
    }
    return std::move(builder).finish();
  }

  const RefusingInput& input_;
  const std::shared_ptr<const Schema> schema_;
  LetterProblems& problems_;
};

}  // namespace

void LetterProblems::add(const RefusedRecord& record, std::string message, std::string mend) {
  const auto [place, is_new] = by_message_.emplace(message, all_.size());
  if (!is_new) {
    if (place->second < all_.size()) ++all_[place->second].letters;
    return;
  }
  if (all_.size() == kProblemsMax) {
    ++left_out_;
    return;
  }
  all_.push_back(
      {{record.where, record.stage, std::move(message), std::move(mend), 1, ProblemKind::bad_input}});
}

void LetterProblems::tell(Problems& problems) const {
  for (const auto& [diagnostic, letters] : all_) {
    Diagnostic told = diagnostic;
    if (letters > 1) told.message += " (and " + std::to_string(letters - 1) + " more such)";
    problems.add(std::move(told));
  }
  if (left_out_ > 0) {
    Location where = all_.front().diagnostic.where;
    where.line = 0;
    problems.add({where,
                  {},
                  "there are " + std::to_string(left_out_) + " further problems",
                  {},
                  1,
                  ProblemKind::bad_input});
  }
}

std::vector<Work> batches_of(const std::vector<RefusedRecord>& records, const RefusingInput& input,
                             LetterProblems& problems) {
  BatchMaker maker(input, problems);
  std::vector<const RefusedRecord*> fitting;
  for (const RefusedRecord& record : records) {
    if (maker.takes(record)) fitting.push_back(&record);
  }
  std::vector<Work> batches;
  for (std::size_t begin = 0; begin < fitting.size(); begin += kBatchRows)
    batches.push_back(
        maker.make(std::span(fitting).subspan(begin, std::min(kBatchRows, fitting.size() - begin))));
  return batches;
}

}  // namespace weir
