// The part of Options that reads expressions, and catches those that YAML cut.

#include <algorithm>
#include <cctype>

#include "stages/config/diagnostic_text.hpp"
#include "stages/config/expression_text.hpp"
#include "stages/config/value_problem.hpp"
#include "weir/options.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

std::string indexed(const std::string& field, std::size_t index) {
  return field + "[" + std::to_string(index) + "]";
}

// How many of `parts`, from `first` on, make up one balanced expression when the commas between them are put
// back. One where the first is balanced already, or nothing helps.
template <class TextAt>
std::size_t parts_that_balance(std::size_t first, std::size_t size, const TextAt& text_at) {
  std::string joined = text_at(first);
  for (std::size_t end = first + 1; end < size && !is_balanced(joined); ++end) {
    joined += ", " + text_at(end);
    if (is_balanced(joined)) return end + 1 - first;
  }
  return 1;
}

std::string joined(const std::vector<const ConfigValue*>& parts) {
  std::string text;
  for (const ConfigValue* part : parts)
    text += (text.empty() ? "" : ", ") + part->text;
  return text;
}

// Takes `asc` or `desc` off the end of a sort key; answers whether it was `desc`.
bool take_direction(std::string_view& key) {
  const std::size_t blank = key.find_last_of(" \t\n");
  if (blank == std::string_view::npos) return false;
  std::string word(key.substr(blank + 1));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (word != "asc" && word != "desc") return false;
  key = key.substr(0, key.find_last_not_of(" \t\n", blank) + 1);
  return word == "desc";
}

}  // namespace

// Says so, and answers false, where the value cannot be the text of an expression.
bool Options::may_be_expression(const ConfigValue& value, const std::string& field) const {
  if (value.kind != Kind::scalar) {
    problems_.add(problem_at(value, field, wanted_but_got("an expression", value)));
    return false;
  }
  if (value.substituted) {
    problems_.add(problem_at(value, field, "`${...}` is not replaced inside expressions",
                             "write `$name`: it stands for the variable's value with its type"));
    return false;
  }
  if (value.comment_follows && !is_balanced(value.text)) {
    problems_.add(problem_at(value, field,
                             "YAML cut this expression at ` #`, which begins a comment: `" + value.text + "`",
                             "quote the whole expression"));
    return false;
  }
  return true;
}

// Whether YAML cut an expression into `parts` at its commas; then it has been reported.
bool Options::reports_cut(const std::vector<const ConfigValue*>& parts, const std::string& field) const {
  if (parts.size() < 2) return false;
  const std::string whole = joined(parts);
  std::string pieces;
  for (const ConfigValue* part : parts)
    pieces += (pieces.empty() ? "`" : ", `") + part->text + "`";
  problems_.add(problem_at(*parts.front(), field, "YAML cut this expression at the comma: " + pieces,
                           "quote it: " + yaml_quoted(whole)));
  return true;
}

// Appends the expressions of one scalar: one if it is given a name, else as many as its commas separate.
void Options::add_expression(const ConfigValue& value, std::string name, std::string field,
                             std::vector<ConfiguredExpression>& to) const {
  if (!may_be_expression(value, field)) return;
  try {
    if (!name.empty()) {
      to.push_back(
          {std::move(name), Expression::parse(value.text), value.where, std::move(field), value.text});
      return;
    }
    for (auto& [expression, alias] : Expression::parse_list(value.text)) {
      std::string column = alias.empty() ? expression.default_name() : alias;
      to.push_back({std::move(column), std::move(expression), value.where, field, value.text});
    }
  } catch (const ExpressionError& error) {
    report(problems_, {{}, {}, value.where, field, value.text}, error);
  }
}

void Options::add_expression_list(const ConfigValue& value, const std::string& field,
                                  std::vector<ConfiguredExpression>& to) const {
  const auto text_at = [&](std::size_t i) { return value.items[i].text; };
  for (std::size_t i = 0; i < value.items.size();) {
    const std::size_t count = parts_that_balance(i, value.items.size(), text_at);
    std::vector<const ConfigValue*> parts;
    for (std::size_t part = i; part < i + count; ++part)
      parts.push_back(&value.items[part]);
    if (!reports_cut(parts, indexed(field, i))) add_expression(value.items[i], {}, indexed(field, i), to);
    i += count;
  }
}

std::optional<ConfiguredExpression> Options::expression(std::string_view key) const {
  const ConfigValue* value = map_.find(key);
  if (value == nullptr || !may_be_expression(*value, field_of(key))) return std::nullopt;
  ConfiguredExpression configured{{}, {}, value->where, field_of(key), value->text};
  try {
    configured.expression = Expression::parse(value->text);
  } catch (const ExpressionError& error) {
    report(problems_, configured, error);
    return std::nullopt;
  }
  configured.name = configured.expression.default_name();
  return configured;
}

std::vector<ConfiguredExpression> Options::expressions(std::string_view key) const {
  std::vector<ConfiguredExpression> expressions;
  const ConfigValue* value = map_.find(key);
  if (value == nullptr) return expressions;
  const std::string field = field_of(key);
  if (value->kind == Kind::list) {
    add_expression_list(*value, field, expressions);
    return expressions;
  }
  if (value->kind != Kind::map) {
    add_expression(*value, {}, field, expressions);
    return expressions;
  }
  // In `{x: round(a, 2), y: b}` YAML takes what stands behind the comma for a key without a value.
  const auto& entries = value->entries;
  const auto text_at = [&](std::size_t i) {
    const ConfigValue& at = entries[i].value;
    return at.is_null() ? entries[i].key : at.text;
  };
  for (std::size_t i = 0; i < entries.size();) {
    const std::size_t count = parts_that_balance(i, entries.size(), text_at);
    const std::string entry_field = field + "." + entries[i].key;
    std::vector<ConfigValue> cut;
    for (std::size_t part = i; part < i + count; ++part) {
      cut.push_back(entries[part].value);
      cut.back().text = text_at(part);
    }
    std::vector<const ConfigValue*> parts;
    for (const ConfigValue& part : cut)
      parts.push_back(&part);
    if (!reports_cut(parts, entry_field))
      add_expression(entries[i].value, entries[i].key, entry_field, expressions);
    i += count;
  }
  return expressions;
}

std::vector<SortKey> Options::sort_keys(std::string_view key) const {
  std::vector<SortKey> keys;
  const ConfigValue* value = map_.find(key);
  if (value == nullptr) return keys;
  std::vector<const ConfigValue*> items;
  if (value->kind == Kind::list) {
    for (const ConfigValue& item : value->items)
      items.push_back(&item);
  } else {
    items.push_back(value);
  }
  const auto text_at = [&](std::size_t i) { return items[i]->text; };
  for (std::size_t i = 0; i < items.size();) {
    const std::string field = value->kind == Kind::list ? indexed(field_of(key), i) : field_of(key);
    const std::size_t count = parts_that_balance(i, items.size(), text_at);
    const ConfigValue& item = *items[i];
    const bool cut = reports_cut({items.begin() + static_cast<std::ptrdiff_t>(i),
                                  items.begin() + static_cast<std::ptrdiff_t>(i + count)},
                                 field);
    i += count;
    if (cut || !may_be_expression(item, field)) continue;
    for (const TextPart& part : split_at_commas(item.text)) {
      std::string_view text = part.text;
      const bool descending = take_direction(text);
      ConfiguredExpression configured{
          {}, {}, inside(item.where, item.text, part.offset), field, std::string(text)};
      try {
        configured.expression = Expression::parse(text);
        configured.name = configured.expression.default_name();
        keys.push_back({std::move(configured), descending});
      } catch (const ExpressionError& error) {
        report(problems_, configured, error);
      }
    }
  }
  return keys;
}

void report(Problems& problems, const ConfiguredExpression& at, const ExpressionError& error) {
  problems.add({inside(at.where, at.written, error.offset()), at.field, error.what(), error.mend(),
                std::max<std::size_t>(1, error.length())});
}

}  // namespace weir
