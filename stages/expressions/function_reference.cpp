#include "stages/expressions/function_reference.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "stages/expressions/aggregate_forms.hpp"
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

// The functions over groups. An example would need a group.
std::string aggregates() {
  std::string section =
      "\n## Aggregates\n\n"
      "In the `select` of an `aggregate` stage, over the records of a group. Each may have `filter (where "
      "...)` behind\n"
      "it. NULLs are left out unless it says otherwise; the order is that of the input.\n\n"
      "| | | `distinct` |\n|---|---|---|\n";
  for (const AggregateForm& form : aggregate_forms())
    section += "| " + code(form.usage) + " | " + cell(form.summary) + " | " +
               (form.may_be_distinct ? "yes" : "") + " |\n";
  return section;
}

}  // namespace

std::string function_reference(const FunctionTable& table) {
  constexpr auto kSections =
      std::to_array<std::string_view>({"Logic", "Comparisons", "Conditions", "Arithmetic", "Numbers", "Bits",
                                       "Strings", "Regular expressions", "Times"});
  std::string page =
      "# Functions and operators\n\n"
      "What expressions are made of, beside `case` and `cast`: [SQL in expressions](sql.md) tells of those, "
      "of NULL\n"
      "and of types. Lines end with an example and what it comes to. This page is made of the tables that "
      "expressions\n"
      "are checked by; a test keeps them alike.\n";
  for (const std::string_view section : kSections) {
    page += "\n## " + std::string(section) + "\n\n| | | for example |\n|---|---|---|\n";
    for (const Function* form : forms_of(table, section))
      page += "| " + code(form->usage) + " | " + cell(form->summary) + " | " + code(form->example) + " is " +
              code(value_of(form->example)) + " |\n";
  }
  return page + aggregates();
}

}  // namespace weir::expressions
