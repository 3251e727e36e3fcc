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

constexpr std::string_view kBlanks = " \t\n";

// One item of an option that holds expressions: of a list, of a map, or the option's only value.
struct Item {
  const ConfigValue* value;
  std::string name;  // a map's key
  std::string text;  // as YAML read it
  std::string field;
};

std::vector<Item> items_of(const ConfigValue& value, const std::string& field) {
  std::vector<Item> items;
  if (value.kind == Kind::list) {
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const ConfigValue& item = value.items[i];
      items.push_back({&item, {}, item.text, field + "[" + std::to_string(i) + "]"});
    }
  } else if (value.kind == Kind::map) {
    // In `{x: round(a, 2), y: b}` YAML takes what stands behind the comma for a key without a value.
    for (const ConfigEntry& entry : value.entries) {
      const std::string& text = entry.value.is_null() ? entry.key : entry.value.text;
      items.push_back({&entry.value, entry.key, text, field + "." + entry.key});
    }
  } else {
    items.push_back({&value, {}, value.text, field});
  }
  return items;
}

// How many items, from `first` on, make up one balanced expression when the commas between them are put back.
// One where the first is balanced already, or nothing helps.
std::size_t items_that_balance(const std::vector<Item>& items, std::size_t first) {
  std::string whole = items[first].text;
  if (items[first].value->quoted) return 1;
  for (std::size_t end = first + 1; end < items.size() && !is_balanced(whole); ++end) {
    whole += ", " + items[end].text;
    if (is_balanced(whole)) return end + 1 - first;
  }
  return 1;
}

void report_cut(const std::vector<Item>& items, std::size_t first, std::size_t count, Problems& problems) {
  std::string whole = items[first].text;
  std::string pieces = "`" + items[first].text + "`";
  for (std::size_t i = first + 1; i < first + count; ++i) {
    whole += ", " + items[i].text;
    pieces += ", `" + items[i].text + "`";
  }
  problems.add(problem_at(*items[first].value, items[first].field,
                          "YAML cut this expression at the comma: " + pieces,
                          "quote it: " + yaml_quoted(whole)));
}

// Says so, and answers false, where the value cannot be the text of an expression.
bool may_be_expression(const ConfigValue& value, const std::string& field, Problems& problems) {
  if (value.kind != Kind::scalar) {
    problems.add(problem_at(value, field, wanted_but_got("an expression", value)));
    return false;
  }
  if (value.substituted) {
    problems.add(problem_at(value, field, "`${...}` is not replaced inside expressions",
                            "write `$name`: it stands for the variable's value with its type"));
    return false;
  }
  if (value.comment_follows && !is_balanced(value.text)) {
    problems.add(problem_at(value, field,
                            "YAML cut this expression at ` #`, which begins a comment: `" + value.text + "`",
                            "quote the whole expression"));
    return false;
  }
  return true;
}

// The items that can be expressions; the others have been reported.
std::vector<Item> whole_items(const ConfigValue& value, const std::string& field, Problems& problems) {
  const std::vector<Item> items = items_of(value, field);
  std::vector<Item> whole;
  for (std::size_t i = 0; i < items.size();) {
    const std::size_t count = items_that_balance(items, i);
    if (count > 1) {
      report_cut(items, i, count, problems);
    } else if (may_be_expression(*items[i].value, items[i].field, problems)) {
      whole.push_back(items[i]);
    }
    i += count;
  }
  return whole;
}

// Appends the expressions of one item: one if it has a name, else as many as its commas separate.
void add_expressions(const Item& item, std::vector<ConfiguredExpression>& to, Problems& problems) {
  try {
    if (!item.name.empty()) {
      to.push_back({item.name, Expression::parse(item.text), item.value->where, item.field, item.text});
      return;
    }
    for (auto& [expression, alias] : Expression::parse_list(item.text)) {
      std::string column = alias.empty() ? expression.default_name() : alias;
      to.push_back({std::move(column), std::move(expression), item.value->where, item.field, item.text});
    }
  } catch (const ExpressionError& error) {
    report(problems, {{}, {}, item.value->where, item.field, item.text}, error);
  }
}

// Takes `word` off the end of a text, where it stands behind a blank, in whatever case; answers whether it
// did.
bool take_last_word(std::string_view& text, std::string_view word) {
  const std::size_t blank = text.find_last_of(kBlanks);
  if (blank == std::string_view::npos) return false;
  const std::string_view last = text.substr(blank + 1);
  const auto same_letter = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (!std::equal(last.begin(), last.end(), word.begin(), word.end(), same_letter)) return false;
  text = text.substr(0, text.find_last_not_of(kBlanks, blank) + 1);
  return true;
}

// Takes the direction off the end of a sort key; answers whether it was `desc`. Throws ExpressionError where
// it asks for NULLs to come first.
bool take_direction(std::string_view& key) {
  std::string_view rest = key;
  if (take_last_word(rest, "first") && take_last_word(rest, "nulls")) {
    throw ExpressionError(rest.size() + 1, key.size() - rest.size() - 1, "NULLs come last in every order",
                          "leave `nulls first` out");
  }
  rest = key;
  if (take_last_word(rest, "last") && take_last_word(rest, "nulls")) key = rest;
  if (take_last_word(key, "desc")) return true;
  take_last_word(key, "asc");
  return false;
}

// Appends the sort keys of one item: as many as its commas separate.
void add_sort_keys(const Item& item, std::vector<SortKey>& to, Problems& problems) {
  for (const TextPart& part : split_at_commas(item.text)) {
    const Location where = inside(item.value->where, item.text, part.offset);
    ConfiguredExpression configured{{}, {}, where, item.field, std::string(part.text)};
    try {
      std::string_view text = part.text;
      const bool descending = take_direction(text);
      configured.expression = Expression::parse(text);
      configured.name = configured.expression.default_name();
      to.push_back({std::move(configured), descending});
    } catch (const ExpressionError& error) {
      report(problems, configured, error);
    }
  }
}

}  // namespace

std::optional<ConfiguredExpression> Options::expression(std::string_view key) const {
  const ConfigValue* value = map_.find(key);
  if (value == nullptr || !may_be_expression(*value, field_of(key), problems_)) return std::nullopt;
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
  for (const Item& item : whole_items(*value, field_of(key), problems_)) {
    add_expressions(item, expressions, problems_);
  }
  return expressions;
}

std::vector<SortKey> Options::sort_keys(std::string_view key) const {
  std::vector<SortKey> keys;
  const ConfigValue* value = map_.find(key);
  if (value == nullptr) return keys;
  if (value->kind == Kind::map) {
    problem(key, wanted_but_got("a list of expressions, each with `asc` or `desc` behind it", *value));
    return keys;
  }
  for (const Item& item : whole_items(*value, field_of(key), problems_))
    add_sort_keys(item, keys, problems_);
  return keys;
}

void report(Problems& problems, const ConfiguredExpression& at, const ExpressionError& error) {
  problems.add({inside(at.where, at.written, error.offset()), at.field, error.what(), error.mend(),
                std::max<std::size_t>(1, error.length())});
}

}  // namespace weir
