// join: records of the left input, each with the records of the right input that have the same key.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/join_transform.hpp"

namespace weir {
namespace {

// As JoinKind numbers them.
constexpr std::array<const char*, 5> kKinds = {"inner", "left", "full", "semi", "anti"};

class JoinPlan final : public StagePlan {
 public:
  explicit JoinPlan(const Options& options)
      : keys_(read_join_keys(options)),
        suffix_(options.text("suffix").value_or("_right")),
        variables_(options.variables()) {
    joining_.memory = options.memory();
    const auto kind = std::find(std::begin(kKinds), std::end(kKinds),
                                options.choice("how", {kKinds.begin(), kKinds.end()}));
    joining_.kind = static_cast<JoinKind>(kind - std::begin(kKinds));
    joining_.one_match = options.choice("match", {"many", "one"}) == "one";
    if (options.has("on") && keys_.empty() && options.problems().empty())
      options.problem("on", "a join compares at least one column, and this names none",
                      "write `on: [column]`");
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    inputs_.assign(inputs.begin(), inputs.end());
    const Schema& left = inputs[kJoinLeftPort];
    const Schema& right = inputs[kJoinRightPort];
    BoundJoinKeys bound = bind_join_keys(keys_, left, right, variables_, problems);
    joining_.left_keys = std::move(bound.left);
    joining_.right_keys = std::move(bound.right);
    joining_.left = std::make_shared<const Schema>(left);
    joining_.right = std::make_shared<const Schema>(right);
    join_columns(bound.shared_columns, problems);
    return {*joining_.schema};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    joining_.needs = outputs[0];
    const auto left_end = outputs[0].begin() + static_cast<std::ptrdiff_t>(joining_.left->size());
    Needs left(outputs[0].begin(), left_end);
    Needs right(joining_.right->size(), Need::none);
    for (std::size_t i = 0; i < joining_.right_columns.size(); ++i)
      right[joining_.right_columns[i]] = outputs[0][joining_.left->size() + i];
    for (std::size_t column = 0; column < left.size(); ++column)
      if ((*joining_.left)[column].type != (*joining_.left_out)[column].type && left[column] != Need::none)
        left[column] = Need::value;  // to become a NULL of another type
    joining_.left_keys.add_needs(left);
    joining_.right_keys.add_needs(right);
    return {std::move(left), std::move(right)};
  }

  StageSpec make() const override {
    StageSpec spec;
    spec.body = TransformSpec{
        [shared = std::make_shared<const Joining>(joining_)] { return make_join_transform(shared); },
        {.concurrency = Concurrency::replicated, .breaker = true, .gives_meanwhile = true}};
    return spec;
  }

 private:
  // The left columns, then, where pairs come out, the right ones but `shared`; those whose name is taken get
  // the suffix.
  void join_columns(const std::vector<std::size_t>& shared, Problems& problems) {
    std::vector<Field> fields = joining_.left->fields();
    joining_.right_columns.clear();
    joining_.right_key_of.assign(fields.size(), std::nullopt);
    if (joining_.kind == JoinKind::full) merge_keys(shared, fields, problems);
    joining_.left_out = std::make_shared<const Schema>(fields);
    for (std::size_t column = 0; column < joining_.right->size() && joining_.gives_pairs(); ++column) {
      if (std::find(shared.begin(), shared.end(), column) != shared.end()) continue;
      Field field = (*joining_.right)[column];
      if (is_taken(fields, field.name)) field.name += suffix_;
      if (is_taken(fields, field.name)) report_taken_name(field.name, problems);
      fields.push_back(std::move(field));
      joining_.right_columns.push_back(column);
    }
    joining_.schema = std::make_shared<const Schema>(std::move(fields));
  }

  // In a full join a key of one name stands for both sides, so that it has values of both.
  void merge_keys(const std::vector<std::size_t>& shared, std::vector<Field>& fields, Problems& problems) {
    for (const std::size_t column : shared) {
      const Field& right = (*joining_.right)[column];
      const auto left = std::find_if(fields.begin(), fields.end(),
                                     [&](const Field& field) { return field.name == right.name; });
      joining_.right_key_of[static_cast<std::size_t>(left - fields.begin())] = column;
      if (left->type != right.type && !left->always_null && !right.always_null) {
        const ConfiguredExpression& at = keys_.front().left;
        problems.add({at.where, at.field,
                      "a full join has one column `" + right.name + "` for both sides, and it is " +
                          std::string(to_string(left->type)) + " on the left, " +
                          std::string(to_string(right.type)) + " on the right",
                      "give both the same type: `types:` at the reader, or a derive before the join"});
      } else if (left->always_null) {
        *left = right;
      }
    }
  }

  static bool is_taken(const std::vector<Field>& fields, const std::string& name) {
    return std::any_of(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  }

  void report_taken_name(const std::string& name, Problems& problems) const {
    Location where;
    if (!keys_.empty()) where = keys_.front().left.where;
    problems.add({where, "suffix", "two columns would be named `" + name + "`", "set another `suffix`"});
  }

  std::vector<ConfiguredJoinKey> keys_;
  std::string suffix_;
  VariableLookup variables_;
  Joining joining_;
};

std::unique_ptr<StagePlan> plan_join(const Options& options) { return std::make_unique<JoinPlan>(options); }

}  // namespace

StageDescription describe_join() {
  StageDescription description;
  description.type = "join";
  description.summary =
      "Puts to each record of the left input those of the right input that have the same key.";
  description.details =
      "The right input is read to its end and kept in memory; the left one streams past it. Where "
      "`runtime: {memory: ...}` does not allow that, both go to disk, and what comes out does so at the end. "
      "Matches come in the order of the right input. NULL is equal to nothing. The columns of the left come "
      "first, then those of "
      "the "
      "right; a key of the same name on both sides comes once, other names that are taken get `suffix`.\n"
      "`how` says what comes out: pairs (inner); also the left records without a match, with NULLs (left); "
      "and "
      "at the end, in their order, the right records that nobody matched (full); only left records, those "
      "that have a "
      "match (semi) or those that have none (anti). With `match: one` a left record that has several matches "
      "is a "
      "record error, so that a lookup table with a double key is noticed.";
  description.example = "type: join\nfrom: {left: flights, right: airports}\non: {origin: iata}\nhow: left\n";
  description.inputs = {{"left", "the records that stream"},
                        {"right", "the records to look up", false, true}};
  description.outputs = {{"out", "a record for each pair"}};
  description.options = {
      {"on", "expressions", true, "Expressions for both sides, or a map from left columns to right columns.",
       ""},
      {"how", "one of: inner, left, full, semi, anti", false, "Which records come out; see above.", "inner"},
      {"match", "one of: many, one", false, "Whether a left record may have several matches.", "many"},
      {"suffix", "text", false, "What is put behind a right column's name that is taken.", "_right"}};
  description.plan = plan_join;
  return description;
}

}  // namespace weir
