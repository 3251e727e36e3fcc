// join: records of the left input, each with the records of the right input that have the same key.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/join_build.hpp"
#include "stages/transforms/join_keys.hpp"

namespace weir {
namespace {

constexpr PortIndex kLeftPort = 0;
constexpr PortIndex kRightPort = 1;
constexpr std::size_t kOutputRows = 4096;
/// A batch of which fewer than one row in so many counts is gathered rather than widened with mostly unused
/// values.
constexpr std::size_t kSparse = 4;

enum class Unmatched : unsigned char { dropped, kept };

// A join as bound: shared by plan and incarnations, which only read it.
struct Joining {
  JoinKeys left_keys;
  JoinKeys right_keys;
  Unmatched unmatched = Unmatched::dropped;
  std::shared_ptr<const Schema> left;
  std::shared_ptr<const Schema> right;
  std::shared_ptr<const Schema> schema;
  std::vector<std::size_t> right_columns;  ///< those of the right that come out, behind all of the left
  Needs needs;                             ///< of the output
};

// Where a step goes on: at a row of the left batch, of whose matches some have been given out.
struct Position {
  std::size_t row = 0;
  std::size_t match = 0;

  static Position at(Cursor cursor) noexcept { return {cursor >> 32, cursor & 0xffff'ffffu}; }
  Cursor cursor() const noexcept { return static_cast<Cursor>(row) << 32 | match; }
};

// The rows of a left batch from some row on, and the group of each.
struct ProbedRows {
  RowSet rows;
  std::vector<GroupId> groups;
  RowErrors errors;

  bool failed(std::size_t i) const { return !errors.empty() && errors.contains(rows[i]); }
};

// Pairs of records that make up one output batch: physical rows of the left batch, and records of the right.
struct Pairs {
  std::vector<std::uint32_t> left;
  std::vector<RowRef> right;
  std::size_t unmatched = 0;  ///< rows that were left out
};

class JoinTransform final : public Transform {
 public:
  explicit JoinTransform(std::shared_ptr<const Joining> joining) : joining_(std::move(joining)) {}

  std::unique_ptr<State> make_state() const override {
    return std::make_unique<JoinBuild>(joining_->right, joining_->right_keys.types());
  }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    auto& build = static_cast<JoinBuild&>(*state);
    if (input.port == kLeftPort) return probe(input, build, out);
    auto batch = std::static_pointer_cast<const RecordBatch>(input.batch);
    RowErrors errors;
    std::vector<ColumnPtr> keys = joining_->right_keys.evaluate(*batch, errors);
    const RowSet rows = reject_failed_rows(batch->row_set(), errors, out);
    build.collect(std::move(batch), rows, std::move(keys), input.place);
    return kDone;
  }

  void absorb(State& into, State& other) override {
    static_cast<JoinBuild&>(into).absorb(static_cast<JoinBuild&>(other));
  }

  void end_of_input(PortIndex port, State* state) override {
    if (port == kRightPort) static_cast<JoinBuild*>(state)->finish();
  }

 private:
  Cursor probe(const Input& input, const JoinBuild& build, Emitter& out) const {
    const RecordBatch& batch = as_records(input.batch);
    const Position from = Position::at(input.at);
    const ProbedRows probed = look_up(batch, from.row, build);
    if (input.at == 0 && has_single_matches(probed, build) &&
        batch.rows() * kSparse >= batch.physical_rows()) {
      reject_failed_rows(probed.rows, probed.errors, out);
      widen(batch, probed, build, out);
      return kDone;
    }
    Pairs pairs;
    const Position end = collect_pairs(probed, from, build, pairs);
    const std::size_t passed = end.row - from.row;
    reject_failed_rows(probed.rows.slice(0, passed), probed.errors, out, from.row);
    if (pairs.unmatched > 0) out.filtered(pairs.unmatched);
    if (!pairs.left.empty()) out.emit(gather(input.batch, pairs, build));
    return end.row == batch.rows() ? kDone : end.cursor();
  }

  ProbedRows look_up(const RecordBatch& batch, std::size_t first, const JoinBuild& build) const {
    ProbedRows probed{batch.row_set().slice(first, batch.rows() - first), {}, {}};
    const auto rest = batch.with_rows(probed.rows);
    const std::vector<ColumnPtr> keys = joining_->left_keys.evaluate(*rest, probed.errors);
    probed.groups.resize(probed.rows.size());
    build.find(keys, probed.rows, probed.groups.data());
    return probed;
  }

  static bool has_single_matches(const ProbedRows& probed, const JoinBuild& build) noexcept {
    return std::all_of(probed.groups.begin(), probed.groups.end(),
                       [&](GroupId group) { return build.matches(group).size() <= 1; });
  }

  // Where each row has one match at most, the left columns stay as they are, and the right ones are laid
  // beside them.
  void widen(const RecordBatch& batch, const ProbedRows& probed, const JoinBuild& build, Emitter& out) const {
    std::vector<std::uint32_t> rows;
    rows.reserve(probed.rows.size());
    RowRef any = kNoRow;
    for (const GroupId group : probed.groups)
      if (any == kNoRow && group != kNoGroup) any = build.matches(group).front();
    std::vector<RowRef> right(batch.physical_rows(), any);  // rows that do not count may be anything
    std::size_t dropped = 0;
    for (std::size_t i = 0; i < probed.groups.size(); ++i) {
      const std::size_t row = probed.rows[i];
      const auto matches = build.matches(probed.groups[i]);
      if (probed.failed(i)) continue;
      if (matches.empty() && joining_->unmatched == Unmatched::dropped) {
        ++dropped;
        continue;
      }
      right[row] = matches.empty() ? kNoRow : matches.front();
      rows.push_back(static_cast<std::uint32_t>(row));
    }
    if (dropped > 0) out.filtered(dropped);
    if (rows.empty()) return;
    std::vector<ColumnPtr> columns = batch.columns();
    append_right(columns, right, build);
    const auto widened = batch.with_columns(joining_->schema, std::move(columns));
    const bool all = rows.size() == batch.rows();
    out.emit(all ? widened
                 : widened->with_rows(
                       RowSet::list(std::make_shared<std::vector<std::uint32_t>>(std::move(rows)))));
  }

  // Adds pairs until there are enough of them; answers where to go on.
  Position collect_pairs(const ProbedRows& probed, Position from, const JoinBuild& build,
                         Pairs& pairs) const {
    for (std::size_t i = 0; i < probed.groups.size(); ++i) {
      const auto matches = build.matches(probed.groups[i]);
      const auto row = static_cast<std::uint32_t>(probed.rows[i]);
      if (matches.empty() && !probed.failed(i)) {
        if (joining_->unmatched == Unmatched::dropped) {
          ++pairs.unmatched;
        } else {
          pairs.left.push_back(row);
          pairs.right.push_back(kNoRow);
        }
      }
      const std::size_t given = i == 0 ? from.match : 0;
      const std::size_t count = std::min(matches.size() - given, kOutputRows - pairs.left.size());
      pairs.left.insert(pairs.left.end(), count, row);
      const auto begin = matches.begin() + static_cast<std::ptrdiff_t>(given);
      pairs.right.insert(pairs.right.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
      if (given + count < matches.size()) return {from.row + i, given + count};
      if (pairs.left.size() == kOutputRows) return {from.row + i + 1, 0};
    }
    return {from.row + probed.groups.size(), 0};
  }

  Batch gather(const Batch& input, const Pairs& pairs, const JoinBuild& build) const {
    const auto batch = std::static_pointer_cast<const RecordBatch>(input);
    const RowGatherer left(joining_->left, {batch});
    std::vector<RowRef> refs;
    refs.reserve(pairs.left.size());
    for (const std::uint32_t row : pairs.left)
      refs.push_back({0, row});
    std::vector<ColumnPtr> columns;
    for (std::size_t column = 0; column < joining_->left->size(); ++column)
      columns.push_back(is_needed(column) ? left.gather(column, refs, GatheredStrings::shared) : nullptr);
    append_right(columns, pairs.right, build);
    return std::make_shared<RecordBatch>(joining_->schema, std::move(columns), RowSet::range(0, refs.size()),
                                         origins_of(*batch, pairs.left), batch->held_bytes());
  }

  static std::shared_ptr<const OriginFinder> origins_of(const RecordBatch& batch,
                                                        std::vector<std::uint32_t> rows) {
    if (!batch.origins()) return nullptr;
    return std::make_shared<const OriginFinder>([origins = batch.origins(), rows = std::move(rows)](
                                                    std::size_t row) { return (*origins)(rows[row]); });
  }

  void append_right(std::vector<ColumnPtr>& columns, std::span<const RowRef> rows,
                    const JoinBuild& build) const {
    for (const std::size_t column : joining_->right_columns) {
      const bool needed = is_needed(columns.size());
      columns.push_back(needed ? build.records().gather(column, rows, GatheredStrings::shared) : nullptr);
    }
  }

  bool is_needed(std::size_t output_column) const noexcept {
    return joining_->needs[output_column] != Need::none;
  }

  std::shared_ptr<const Joining> joining_;
};

class JoinPlan final : public StagePlan {
 public:
  explicit JoinPlan(const Options& options)
      : keys_(read_join_keys(options)),
        suffix_(options.text("suffix").value_or("_right")),
        variables_(options.variables()) {
    if (options.choice("how", {"inner", "left"}) == "left") joining_.unmatched = Unmatched::kept;
    if (options.has("on") && keys_.empty() && options.problems().empty())
      options.problem("on", "a join compares at least one column, and this names none",
                      "write `on: [column]`");
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    inputs_.assign(inputs.begin(), inputs.end());
    const Schema& left = inputs[kLeftPort];
    const Schema& right = inputs[kRightPort];
    BoundJoinKeys bound = bind_join_keys(keys_, left, right, variables_, problems);
    joining_.left_keys = std::move(bound.left);
    joining_.right_keys = std::move(bound.right);
    joining_.left = std::make_shared<const Schema>(left);
    joining_.right = std::make_shared<const Schema>(right);
    joining_.schema = std::make_shared<const Schema>(join_columns(bound.shared_columns, problems));
    return {*joining_.schema};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    joining_.needs = outputs[0];
    const auto left_end = outputs[0].begin() + static_cast<std::ptrdiff_t>(joining_.left->size());
    Needs left(outputs[0].begin(), left_end);
    Needs right(joining_.right->size(), Need::none);
    for (std::size_t i = 0; i < joining_.right_columns.size(); ++i)
      right[joining_.right_columns[i]] = outputs[0][joining_.left->size() + i];
    joining_.left_keys.add_needs(left);
    joining_.right_keys.add_needs(right);
    return {std::move(left), std::move(right)};
  }

  StageSpec make() const override {
    StageSpec spec;
    spec.body = TransformSpec{[shared = std::make_shared<const Joining>(joining_)] {
                                return std::make_unique<JoinTransform>(shared);
                              },
                              {.concurrency = Concurrency::replicated}};
    return spec;
  }

 private:
  // The left columns, then the right ones but `shared`; those whose name is taken get the suffix.
  Schema join_columns(const std::vector<std::size_t>& shared, Problems& problems) {
    std::vector<Field> fields = joining_.left->fields();
    joining_.right_columns.clear();
    for (std::size_t column = 0; column < joining_.right->size(); ++column) {
      if (std::find(shared.begin(), shared.end(), column) != shared.end()) continue;
      Field field = (*joining_.right)[column];
      if (is_taken(fields, field.name)) field.name += suffix_;
      if (is_taken(fields, field.name)) report_taken_name(field.name, problems);
      fields.push_back(std::move(field));
      joining_.right_columns.push_back(column);
    }
    return Schema(std::move(fields));
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
      "The right input is read to its end and kept in memory; the left one streams past it. Matches come in "
      "the order "
      "of the right input. NULL is equal to nothing. The columns of the left come first, then those of the "
      "right; a key "
      "of the same name on both sides comes once, other names that are taken get `suffix`.";
  description.example = "type: join\nfrom: {left: flights, right: airports}\non: {origin: iata}\nhow: left\n";
  description.inputs = {{"left", "the records that stream"},
                        {"right", "the records to look up", false, true}};
  description.outputs = {{"out", "a record for each pair"}};
  description.options = {
      {"on", "expressions", true, "Expressions for both sides, or a map from left columns to right columns.",
       ""},
      {"how", "one of: inner, left", false,
       "Whether records of the left without a match are left out, or come with NULLs.", "inner"},
      {"suffix", "text", false, "What is put behind a right column's name that is taken.", "_right"}};
  description.plan = plan_join;
  return description;
}

}  // namespace weir
