#include "stages/transforms/join_transform.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "stages/records/null_column.hpp"
#include "stages/transforms/condition.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/join_state.hpp"
#include "stages/transforms/key_text.hpp"

namespace weir {
namespace {

constexpr std::size_t kOutputRows = 4096;
/// A batch of which fewer than one row in so many counts is gathered rather than widened with mostly unused
/// values.
constexpr std::size_t kSparse = 4;

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
    return std::make_unique<JoinState>(joining_, MemoryClaim(joining_->memory));
  }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    auto& collected = static_cast<JoinState&>(*state);
    if (input.port == kJoinLeftPort && collected.disk() != nullptr)
      return put_aside(input, *collected.disk(), out);
    if (input.port == kJoinLeftPort) return probe(input, collected.build(), out);
    auto batch = std::static_pointer_cast<const RecordBatch>(input.batch);
    RowErrors errors;
    std::vector<ColumnPtr> keys = joining_->right_keys.evaluate(*batch, errors);
    const RowSet rows = reject_failed_rows(batch->row_set(), errors, out);
    collected.collect(std::move(batch), rows, std::move(keys), input.place);
    return kDone;
  }

  void absorb(State& into, State& other) override {
    static_cast<JoinState&>(into).absorb(static_cast<JoinState&>(other));
  }

  void end_of_input(PortIndex port, State* state) override {
    if (port == kJoinRightPort) static_cast<JoinState*>(state)->finish();
  }

  // What is on disk; of a full join, the records of the right that nobody matched. `at` counts in all of
  // them.
  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    auto& collected = static_cast<JoinState&>(*state);
    if (JoinOnDisk* disk = collected.disk()) return disk->output(at, joining_->schema, out);
    if (joining_->kind != JoinKind::full) return kDone;
    const JoinBuild& build = collected.build();
    std::vector<RowRef> rows;
    rows.reserve(kOutputRows);
    const std::size_t end = build.collect_unmatched(at, kOutputRows, rows);
    if (!rows.empty()) out.emit(gather_right_alone(rows, build));
    return end < build.size() ? end : kDone;
  }

 private:
  // The left of a join that is on disk: it is joined when both inputs have ended.
  Cursor put_aside(const Input& input, JoinOnDisk& disk, Emitter& out) const {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    const std::vector<ColumnPtr> keys = joining_->left_keys.evaluate(batch, errors);
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    const bool has_places = disk.joining() == joining_;
    if (has_places) {
      disk.add_left(batch, rows, keys);
    } else {
      disk.add_left(*with_places(batch, disk.joining()->left, input.place), rows, keys);
    }
    return kDone;
  }

  Cursor probe(const Input& input, const JoinBuild& build, Emitter& out) const {
    const RecordBatch& batch = as_records(input.batch);
    const Position from = Position::at(input.at);
    ProbedRows probed = look_up(batch, from.row, build);
    const Cursor next = give_out(input, from, probed, build, out);
    if (joining_->kind == JoinKind::full) build.mark_matched(probed.groups);
    return next;
  }

  Cursor give_out(const Input& input, Position from, ProbedRows& probed, const JoinBuild& build,
                  Emitter& out) const {
    const RecordBatch& batch = as_records(input.batch);
    if (joining_->one_match) refuse_several_matches(batch, build, probed);
    if (!joining_->gives_pairs()) {
      choose(batch, probed, build, out);
      return kDone;
    }
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

  // Adds an error for each row that has more than one match.
  void refuse_several_matches(const RecordBatch& batch, const JoinBuild& build, ProbedRows& probed) const {
    std::vector<ColumnPtr> keys;  // computed with the first
    for (std::size_t i = 0; i < probed.groups.size(); ++i) {
      const std::size_t count = build.matches(probed.groups[i]).size();
      if (count <= 1) continue;
      RowErrors ignored;
      if (keys.empty()) keys = joining_->left_keys.evaluate(*batch.with_rows(probed.rows), ignored);
      const std::size_t row = probed.rows[i];
      probed.errors.add(row, std::to_string(count) + " records of the right input have the key " +
                                 key_text(keys, row) + ", and `match: one` allows one");
    }
  }

  // Of semi and anti joins: the records of the left by whether they have a match.
  void choose(const RecordBatch& batch, const ProbedRows& probed, const JoinBuild& build,
              Emitter& out) const {
    const bool wanted = joining_->kind == JoinKind::semi;
    std::vector<std::uint32_t> rows;
    rows.reserve(probed.rows.size());
    std::size_t failed = 0;
    for (std::size_t i = 0; i < probed.groups.size(); ++i) {
      if (probed.failed(i)) {
        ++failed;
      } else if (!build.matches(probed.groups[i]).empty() == wanted) {
        rows.push_back(static_cast<std::uint32_t>(probed.rows[i]));
      }
    }
    reject_failed_rows(probed.rows, probed.errors, out);
    const std::size_t dropped = probed.groups.size() - failed - rows.size();
    if (dropped > 0) out.filtered(dropped);
    if (!rows.empty())
      out.emit(with_row_list(batch, std::move(rows))->with_columns(joining_->schema, batch.columns()));
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
      if (matches.empty() && !joining_->keeps_unmatched()) {
        ++dropped;
        continue;
      }
      right[row] = matches.empty() ? kNoRow : matches.front();
      rows.push_back(static_cast<std::uint32_t>(row));
    }
    if (dropped > 0) out.filtered(dropped);
    if (rows.empty()) return;
    std::vector<ColumnPtr> columns = left_columns(batch);
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
      const auto row = static_cast<std::uint32_t>(probed.rows[i]);
      const auto matches = probed.failed(i) ? std::span<const RowRef>() : build.matches(probed.groups[i]);
      if (matches.empty() && !probed.failed(i)) {
        if (!joining_->keeps_unmatched()) {
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
    const auto batch = as_records(input).with_columns(joining_->left_out, left_columns(as_records(input)));
    const RowGatherer left(joining_->left_out, {batch});
    std::vector<RowRef> refs;
    refs.reserve(pairs.left.size());
    for (const std::uint32_t row : pairs.left)
      refs.push_back({0, row});
    std::vector<ColumnPtr> columns;
    for (std::size_t column = 0; column < joining_->left->size(); ++column)
      columns.push_back(is_needed(column) ? left.gather(column, refs, GatheredStrings::shared) : nullptr);
    append_right(columns, pairs.right, build);
    return std::make_shared<RecordBatch>(joining_->schema, std::move(columns), RowSet::range(0, refs.size()),
                                         gathered_origins(*batch, pairs.left), batch->held_bytes());
  }

  // The columns of the left as they come out: one that has no value may stand for a key of the right that
  // has.
  std::vector<ColumnPtr> left_columns(const RecordBatch& batch) const {
    std::vector<ColumnPtr> columns = batch.columns();
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const Type type = (*joining_->left_out)[column].type;
      if (columns[column] && columns[column]->type() != type)
        columns[column] = null_column(type, batch.physical_rows());
    }
    return columns;
  }

  Batch gather_right_alone(std::span<const RowRef> rows, const JoinBuild& build) const {
    std::vector<ColumnPtr> columns;
    for (std::size_t column = 0; column < joining_->left_out->size(); ++column) {
      const Type type = (*joining_->left_out)[column].type;
      const auto key = joining_->right_key_of[column];
      ColumnPtr values =
          key && is_needed(column) ? build.records().gather(*key, rows, GatheredStrings::shared) : nullptr;
      const bool fits = values != nullptr && values->type() == type;
      columns.push_back(fits                ? std::move(values)
                        : is_needed(column) ? null_column(type, rows.size())
                                            : nullptr);
    }
    append_right(columns, rows, build);
    return std::make_shared<RecordBatch>(joining_->schema, std::move(columns), RowSet::range(0, rows.size()));
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

}  // namespace

std::unique_ptr<Transform> make_join_transform(std::shared_ptr<const Joining> joining) {
  return std::make_unique<JoinTransform>(std::move(joining));
}

}  // namespace weir
