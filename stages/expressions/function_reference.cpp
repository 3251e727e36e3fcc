#include "stages/expressions/function_reference.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "stages/records/value_text.hpp"

namespace weir::expressions {
namespace {

// What every record would get; in quotes where it is a string.
std::string value_of(std::string_view example) {
  const BoundExpression bound = Expression::parse(example).bind(Schema());
  const RecordBatch one_row(std::make_shared<const Schema>(), {}, RowSet::range(0, 1));
  RowErrors errors;
  const ColumnPtr column = bound.evaluate(one_row, errors);
  if (!errors.empty()) return "error: " + errors.entries().front().message;
  if (!column->is_valid(0)) return "NULL";
  std::string text;
  append_value(text, *column, 0);
  return column->type() == Type::string ? "'" + text + "'" : text;
}

// As code in a cell of a table.
std::string code(std::string_view text) {
  if (text.find('|') == std::string_view::npos) return "`" + std::string(text) + "`";
  std::string html;
  for (const char c : text)
    html += c == '|' ? "&#124;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return "<code>" + html + "</code>";
}

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text)
    escaped += c == '|' ? "\\|" : std::string(1, c);
  return escaped;
}

// The forms of a section, one for each usage, by their names.
std::vector<const Function*> forms_of(const FunctionTable& table, std::string_view section) {
  std::vector<const Function*> forms;
  for (const auto& entry : table.all()) {
    const Function& function = entry.second;  // which clang 14 would not capture from a binding
    const auto same_usage = [&](const Function* form) { return form->usage == function.usage; };
    if (function.section == section && std::none_of(forms.begin(), forms.end(), same_usage))
      forms.push_back(&function);
  }
  return forms;
}

}  // namespace

std::string function_reference(const FunctionTable& table) {
  constexpr auto kSections =
      std::to_array<std::string_view>({"Logic", "Comparisons", "Conditions", "Arithmetic", "Numbers", "Bits",
                                       "Strings", "Regular expressions", "Times"});
  std::string page =
      "# Functions and operators\n\n"
      "What expressions are made of, beside `case`, `cast` and the aggregates: [SQL in expressions](sql.md) "
      "tells of "
      "those, of\nNULL and of types. Each line ends with an example and what it comes to. This page is made "
      "of the "
      "table that expressions\nare checked by; a test keeps the two alike.\n";
  for (const std::string_view section : kSections) {
    page += "\n## " + std::string(section) + "\n\n| | | for example |\n|---|---|---|\n";
    for (const Function* form : forms_of(table, section))
      page += "| " + code(form->usage) + " | " + cell(form->summary) + " | " + code(form->example) + " is " +
              code(value_of(form->example)) + " |\n";
  }
  return page;
}

}  // namespace weir::expressions
