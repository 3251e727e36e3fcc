#include "stages/transforms/aggregate_state.hpp"

#include <algorithm>
#include <utility>

#include "stages/records/null_column.hpp"
#include "stages/records/row_gather.hpp"

namespace weir {
namespace {

constexpr std::size_t kOutputRows = 4096;
constexpr const char* kValuesOfGroups = "the values of groups";

// The table, and then each partition.
constexpr std::size_t kSteps = 1 + RowPartitions::kCount;

// Groups that are ready: the output's columns, and why a group could not be computed.
std::shared_ptr<const SortSpec> spec_of_ready_groups(const Schema& output) {
  std::vector<Field> fields = output.fields();
  fields.push_back({"error", Type::string});
  return std::make_shared<const SortSpec>(
      SortSpec{{}, {}, std::make_shared<const Schema>(std::move(fields))});
}

ColumnPtr column_of_errors(const RowErrors& errors, std::size_t rows) {
  if (errors.empty()) return null_column(Type::string, rows);
  ColumnBuilder column(Type::string, rows);
  for (std::size_t row = 0; row < rows; ++row)
    if (!errors.contains(row)) column.set_null(row);
  for (const RowErrors::Entry& entry : errors.entries())
    column.set_copy(entry.physical_row, entry.message);
  return std::move(column).finish();
}

RowErrors errors_in(const Column& column) {
  RowErrors errors;
  for (std::size_t row = 0; row < column.size(); ++row)
    if (column.is_valid(row)) errors.add(row, std::string(column.text(row)));
  return errors;
}

}  // namespace

AggregateState::AggregateState(std::shared_ptr<const AggregateShape> shape, MemoryClaim claim, unsigned level)
    : shape_(std::move(shape)),
      claim_(std::move(claim)),
      level_(level),
      rows_(shape_->key_types, shape_->calls),
      table_(std::make_unique<AggregateTable>(shape_->key_types, shape_->calls)) {}

void AggregateState::take(const AggregateRows& input) {
  const bool can_part = !shape_->key_types.empty() && level_ <= RowPartitions::kLevelMax;
  if (can_part && claim_.should_spill(Growth::doubling)) partitions();
  if (!can_part || partitions_) claim_.require_within(kValuesOfGroups);
  if (partitions_) {
    partitions_->write_blocks();
    table_->take_known(
        input, [&](const RowSet& rest) { partitions_->add(input.keys, rows_.columns_of(input), rest); });
  } else {
    table_->take(input);
  }
  claim_.set(bytes());
}

// Made with the first call: from then on the table takes no further group.
RowPartitions& AggregateState::partitions() {
  if (!partitions_) partitions_.emplace(std::make_shared<SpillFile>(*claim_.budget()), level_);
  return *partitions_;
}

void AggregateState::absorb(AggregateState& other) {
  table_->absorb(*other.table_);
  absorbed_ = true;
  if (other.partitions_) partitions().absorb(*other.partitions_);
  other.claim_.set(0);
  claim_.set(bytes());
}

GroupsOut AggregateState::output(Cursor at) { return partitions_ ? spilled_output(at) : table_output(at); }

GroupsOut AggregateState::table_output(Cursor at) {
  const std::span<const GroupId> order = table_->in_order();
  GroupsOut out;
  out.rows = std::min(kOutputRows, order.size() - at);
  out.columns = shape_->results(*table_, order.subspan(at, out.rows), out.errors);
  if (at + out.rows < order.size()) out.next = at + out.rows;
  return out;
}

// One step a call, so that a run that is stopped need not wait for all of them.
GroupsOut AggregateState::spilled_output(Cursor at) {
  if (failure_) std::rethrow_exception(failure_);
  if (at >= kSteps) return sorted_output(at - kSteps);
  if (!sorted_)
    sorted_ =
        std::make_unique<SortState>(spec_of_ready_groups(*shape_->schema), MemoryClaim(claim_.budget()));
  if (at == steps_done_) {
    try {
      take_step(at, *sorted_);
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
    ++steps_done_;
  }
  GroupsOut none;
  none.next = at + 1;
  return none;
}

GroupsOut AggregateState::sorted_output(std::size_t at) {
  GroupsOut out;
  out.rows = std::min(kOutputRows, sorted_->size() - at);
  if (out.rows == 0) return out;
  out.columns = sorted_->output(at, out.rows);
  out.errors = errors_in(*out.columns.back());
  out.columns.pop_back();
  if (at + out.rows < sorted_->size()) out.next = kSteps + at + out.rows;
  return out;
}

void AggregateState::take_step(std::size_t step, SortState& sorted) {
  if (step > 0) return aggregate_partition(step - 1, sorted);
  partitions_->close();
  if (absorbed_) take_back_known_rows();
  put_table(sorted);
  table_.reset();
  claim_.set(0);
}

// Rows that went to disk although another worker knew their group.
void AggregateState::take_back_known_rows() {
  const std::size_t before = bytes();  // absorbing may have taken more than the limit, for a while
  for (std::size_t partition = 0; partition < RowPartitions::kCount; ++partition) {
    SpillWriter rest(partitions_->file());
    for (SpilledBatches& part : partitions_->take(partition)) {
      SpillReader reader(std::move(part), rows_.schema());
      while (const auto batch = reader.next()) {
        table_->take_known(rows_.read(*batch).rows(),
                           [&](const RowSet& rows) { rest.append(batch->columns(), rows); });
        claim_.set(bytes());
        if (claim_.bytes() > before) claim_.require_within(kValuesOfGroups);
      }
    }
    partitions_->put(partition, std::move(rest).finish());
  }
}

void AggregateState::put_table(SortState& sorted) {
  const std::span<const GroupId> order = table_->in_order();
  for (std::size_t at = 0; at < order.size(); at += kOutputRows) {
    const std::span<const GroupId> groups = order.subspan(at, std::min(kOutputRows, order.size() - at));
    RowErrors errors;
    std::vector<ColumnPtr> columns = shape_->results(*table_, groups, errors);
    columns.push_back(column_of_errors(errors, groups.size()));
    std::vector<RecordPlace> places;
    places.reserve(groups.size());
    for (const GroupId group : groups)
      places.push_back(table_->first_place(group));
    auto batch = std::make_shared<const RecordBatch>(sorted.spec().schema, std::move(columns),
                                                     RowSet::range(0, groups.size()));
    sorted.take(copy_of(std::move(batch)), std::move(places));  // the table is to go
  }
}

void AggregateState::aggregate_partition(std::size_t partition, SortState& sorted) {
  AggregateState state(shape_, MemoryClaim(claim_.budget()), level_ + 1);
  for (SpilledBatches& part : partitions_->take(partition)) {
    SpillReader reader(std::move(part), rows_.schema());
    while (const auto batch = reader.next())
      state.take(rows_.read(*batch).rows());
  }
  if (!state.partitions_) return state.put_table(sorted);
  for (std::size_t step = 0; step < kSteps; ++step)
    state.take_step(step, sorted);
}

std::size_t AggregateState::bytes() const noexcept {
  return (table_ ? table_->bytes() : 0) + (partitions_ ? partitions_->bytes() : 0);
}

}  // namespace weir
