#include "stages/expressions/function_table.hpp"

#include <cctype>

namespace weir::expressions {

Function plain_function(std::string_view section, std::string_view name, std::string_view usage,
                        std::string_view summary, std::string_view example, std::vector<Type> parameters,
                        Type result, KernelPtr (*make)(Type result, Arguments arguments)) {
  Function function;
  function.name = name;
  function.section = section;
  function.usage = usage;
  function.summary = summary;
  function.example = example;
  function.parameters = std::move(parameters);
  function.result = result;
  function.make = make;
  return function;
}

bool Function::takes(std::size_t arguments) const noexcept {
  if (conversion == Conversion::to_parameters) return arguments == parameters.size();
  return arguments >= arguments_min && arguments <= arguments_max;
}

std::string Function::signature() const {
  if (conversion != Conversion::to_parameters) return std::string(usage);
  std::string text(name);
  text += '(';
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) text += ", ";
    text += to_string(parameters[i]);
  }
  return text + ')';
}

const FunctionTable& FunctionTable::builtin() {
  static const FunctionTable table = [] {
    FunctionTable functions;
    add_arithmetic(functions);
    add_date_arithmetic(functions);
    add_comparisons(functions);
    add_logic(functions);
    add_conditionals(functions);
    add_numeric_functions(functions);
    add_string_functions(functions);
    add_string_parts(functions);
    add_regular_expressions(functions);
    add_mathematics(functions);
    add_bit_functions(functions);
    add_hash(functions);
    add_time_functions(functions);
    add_time_differences(functions);
    add_time_making(functions);
    add_time_formats(functions);
    add_interval_arithmetic(functions);
    return functions;
  }();
  return table;
}

void FunctionTable::add(Function function) {
  const std::string_view name = function.name;
  functions_.emplace(name, std::move(function));
}

void FunctionTable::add_alias(std::string_view alias, std::string_view name, std::string_view usage,
                              std::string_view example) {
  for (const Function* form : find(name)) {
    Function same = *form;
    same.name = alias;
    same.usage = usage;
    same.example = example;
    add(std::move(same));
  }
}

std::vector<const Function*> FunctionTable::find(std::string_view name) const {
  std::vector<const Function*> forms;
  const auto [begin, end] = functions_.equal_range(name);
  for (auto entry = begin; entry != end; ++entry)
    forms.push_back(&entry->second);
  return forms;
}

std::vector<std::string> FunctionTable::function_names() const {
  std::vector<std::string> names;
  for (const auto& [name, function] : functions_) {
    const bool written_as_function = function.usage.substr(0, name.size() + 1) == std::string(name) + "(";
    if (written_as_function && (names.empty() || names.back() != name)) names.emplace_back(name);
  }
  return names;
}

std::string signatures(const std::vector<const Function*>& forms) {
  std::string text;
  for (const Function* form : forms)
    text += (text.empty() ? "" : " or ") + form->signature();
  return text;
}

}  // namespace weir::expressions
