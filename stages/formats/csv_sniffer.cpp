#include "stages/formats/csv_sniffer.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "stages/formats/csv_cutter.hpp"
#include "stages/formats/csv_field.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "stages/formats/plain_text.hpp"
#include "stages/formats/type_guess.hpp"
#include "stages/records/utf8.hpp"
#include "stages/records/value_text.hpp"

namespace weir::csv {
namespace {

bool is_digit(char byte) noexcept { return byte >= '0' && byte <= '9'; }

std::size_t count_digits(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// Numbers as programs write them: no plus sign, no leading zeros, digits on both sides of a point.
Type sniff_number(std::string_view text) noexcept {
  const std::string_view whole = text;
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t digits = count_digits(text);
  if (digits == 0 || (digits > 1 && text.front() == '0')) return Type::string;
  text.remove_prefix(digits);
  if (text.empty()) return parse_int64(whole) ? Type::int64 : Type::string;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t decimals = count_digits(text);
    if (decimals == 0) return Type::string;
    text.remove_prefix(decimals);
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const std::size_t exponent = count_digits(text);
    if (exponent == 0) return Type::string;
    text.remove_prefix(exponent);
  }
  return text.empty() && parse_double(whole) ? Type::float64 : Type::string;
}

// Whether a text begins as a shape says: `d` for a digit, `?` for anything, the rest for itself.
bool has_shape(std::string_view text, std::string_view shape) noexcept {
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const char wanted = shape[i];
    if (wanted == 'd' ? !is_digit(text[i]) : wanted != '?' && text[i] != wanted) return false;
  }
  return true;
}

Type sniff_time(std::string_view text) noexcept {
  constexpr std::string_view kDate = "dddd-dd-dd";
  if (!has_shape(text, kDate)) return Type::string;
  if (text.size() == kDate.size()) return parse_date(text) ? Type::date : Type::string;
  return has_shape(text, "dddd-dd-dd?dd:dd") && parse_timestamp(text) ? Type::timestamp : Type::string;
}

// `is_whole`: no rows follow these.
std::vector<Field> sniff_fields(const std::vector<std::string>& names, std::string_view rows_text,
                                bool is_whole, const SniffOptions& options) {
  RowIndex rows(options.dialect, names.size());
  rows.scan(rows_text, 0, std::min(options.rows_max, count_newlines(rows_text) + 1));
  const bool has_seen_all = is_whole && rows.next() == rows_text.size();
  std::vector<Field> fields;
  std::string scratch;
  for (std::size_t column = 0; column < names.size(); ++column) {
    const ColumnFields texts = rows.column(column);
    TypeGuess guess;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      const std::size_t begin = texts.begin(row);
      const FieldValue value =
          read_field(rows_text.substr(begin, texts.end(row) - begin), options.dialect, scratch);
      if (!value.is_null) guess.add(value.text.empty() ? Type::string : sniff_type(value.text));
    }
    fields.push_back({names[column], guess.type(), has_seen_all && !guess.has_seen_values()});
  }
  return fields;
}

void check_names(const std::vector<std::string>& names, std::vector<SniffProblem>& problems) {
  std::set<std::string_view> seen;
  for (std::size_t column = 0; column < names.size(); ++column) {
    if (names[column].empty())
      problems.push_back(
          {"the header gives column " + std::to_string(column + 1) + " no name", std::string(kSchemaMend)});
    else if (!is_valid_utf8(names[column]))
      problems.push_back({"the header's name of column " + std::to_string(column + 1) + " is not UTF-8",
                          std::string(kSchemaMend)});
    else if (!seen.insert(names[column]).second)
      problems.push_back({"the header has the name `" + names[column] + "` twice", std::string(kSchemaMend)});
  }
}

std::vector<std::string> numbered_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t column = 1; column <= count; ++column)
    names.push_back("column" + std::to_string(column));
  return names;
}

std::string_view without_line_end(std::string_view record) noexcept {
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  return record;
}

void check_header_against_schema(const std::vector<std::string>& names, std::vector<SniffProblem>& problems,
                                 const Schema& schema) {
  if (names.size() != schema.size())
    problems.push_back(
        {"the header has " + std::to_string(names.size()) + " columns, `schema:` has " +
             std::to_string(schema.size()),
         "name all columns of the file in `schema:`, or say `header: false` if it has no header"});
  for (std::size_t column = 0; column < std::min(names.size(), schema.size()); ++column) {
    if (names[column] == schema[column].name || !schema.find(names[column])) continue;
    problems.push_back({"column " + std::to_string(column + 1) + " is `" + names[column] +
                            "` in the header, and `" + schema[column].name + "` in `schema:`",
                        "name the columns in the order of the file"});
    return;
  }
}

// Old files for the Mac, of which all would be one header.
void check_line_ends(std::string_view first_record, const Dialect& dialect,
                     std::vector<SniffProblem>& problems) {
  const bool is_quoted = first_record.find(dialect.quote) != std::string_view::npos;
  if (is_quoted || first_record.find('\r') == std::string_view::npos) return;
  problems.push_back(
      {"lines end in a carriage return alone", "convert them first: `tr '\\r' '\\n' < OLD > NEW`"});
}

}  // namespace

Type sniff_type(std::string_view text) noexcept {
  if (const Type number = sniff_number(text); number != Type::string) return number;
  if (text == "true" || text == "false") return Type::boolean;
  return sniff_time(text);
}

std::vector<std::string> first_record(std::string_view beginning, bool is_whole, const Dialect& dialect) {
  beginning.remove_prefix(byte_order_mark_length(beginning));
  const std::size_t end = end_of_first_record(beginning, dialect);
  if (beginning.empty() || (end == std::string_view::npos && !is_whole)) return {};
  return split_record(without_line_end(beginning.substr(0, end)), dialect);
}

Sniffed sniff(std::string_view beginning, bool is_whole, const SniffOptions& options) {
  Sniffed sniffed;
  beginning.remove_prefix(byte_order_mark_length(beginning));
  const std::string_view whole_records =
      is_whole ? beginning : beginning.substr(0, end_of_last_record(beginning, options.dialect));
  if (whole_records.empty()) {
    if (options.schema)
      sniffed.schema = *options.schema;
    else if (is_whole)
      sniffed.problems.push_back(
          {"the file is empty, so that its columns are not known", std::string(kSchemaMend)});
    else
      sniffed.problems.push_back(
          {"the first record does not end within " + std::to_string(beginning.size()) + " bytes",
           "is a quote left open in it?"});
    return sniffed;
  }

  const std::size_t first_end =
      std::min(end_of_first_record(whole_records, options.dialect), whole_records.size());
  const std::string_view first_text = without_line_end(whole_records.substr(0, first_end));
  const std::vector<std::string> first = split_record(first_text, options.dialect);
  check_line_ends(first_text, options.dialect, sniffed.problems);
  if (options.schema) {
    sniffed.schema = *options.schema;
    if (options.header) check_header_against_schema(first, sniffed.problems, *options.schema);
    return sniffed;
  }
  if (options.header) check_names(first, sniffed.problems);
  const std::vector<std::string> names = options.header ? first : numbered_names(first.size());
  const std::string_view rows_text = whole_records.substr(options.header ? first_end : 0);
  sniffed.schema = Schema(sniff_fields(names, rows_text, is_whole, options));
  return sniffed;
}

}  // namespace weir::csv
