#include "stages/transforms/join_on_disk.hpp"

#include <algorithm>
#include <utility>

#include "stages/records/row_gather.hpp"
#include "stages/transforms/join_state.hpp"
#include "stages/transforms/place_columns.hpp"

namespace weir {
namespace {

constexpr std::size_t kOutputRows = 4096;

std::shared_ptr<const Schema> with_place_fields(const Schema& schema) {
  std::vector<Field> fields = schema.fields();
  for (Field& field : place_fields())
    fields.push_back(std::move(field));
  return std::make_shared<const Schema>(std::move(fields));
}

// The output of a join with places, in the order in which it is sorted: its columns, then the places of the
// left, then, where pairs come out, those of the right.
struct SortedColumns {
  explicit SortedColumns(const Joining& joining) {
    const std::size_t places = place_fields().size();
    const std::size_t left = joining.left->size() - places;
    const std::size_t end = joining.schema->size() - (joining.gives_pairs() ? places : 0);
    const auto add = [&](std::size_t begin, std::size_t count) {
      for (std::size_t column = begin; column < begin + count; ++column)
        columns.push_back(column);
    };
    add(0, left);
    add(left + places, end - left - places);
    add(left, places);
    add(end, joining.schema->size() - end);
    keys = joining.gives_pairs() ? 2 * places : places;
  }

  std::vector<std::size_t> columns;
  std::size_t keys = 0;
};

std::shared_ptr<const SortSpec> sort_spec(const Joining& joining, const SortedColumns& order) {
  std::vector<Field> fields;
  for (const std::size_t column : order.columns)
    fields.push_back((*joining.schema)[column]);
  return std::make_shared<const SortSpec>(
      SortSpec{std::vector<bool>(order.keys, false), {}, std::make_shared<const Schema>(std::move(fields))});
}

}  // namespace

std::shared_ptr<const Joining> with_places(const Joining& joining) {
  auto with = std::make_shared<Joining>(joining);
  const std::size_t places = place_fields().size();
  const auto left = static_cast<std::ptrdiff_t>(joining.left->size());
  with->left = with_place_fields(*joining.left);
  with->left_out = with_place_fields(*joining.left_out);
  with->right = with_place_fields(*joining.right);
  std::vector<Field> fields = with->left_out->fields();
  const auto& all = joining.schema->fields();
  fields.insert(fields.end(), all.begin() + left, all.end());
  with->needs.insert(with->needs.begin() + left, places, Need::value);
  with->right_key_of.resize(with->left->size());
  if (joining.gives_pairs()) {
    for (std::size_t i = 0; i < places; ++i) {
      with->right_columns.push_back(joining.right->size() + i);
      fields.push_back(place_fields()[i]);
    }
    with->needs.insert(with->needs.end(), places, Need::value);
  }
  with->schema = std::make_shared<const Schema>(std::move(fields));
  return with;
}

std::shared_ptr<const RecordBatch> with_places(const RecordBatch& batch,
                                               const std::shared_ptr<const Schema>& schema,
                                               const Place& place) {
  const RowPlaces places(place);
  std::vector<RecordPlace> all;
  all.reserve(batch.physical_rows());
  for (std::size_t row = 0; row < batch.physical_rows(); ++row)
    all.push_back(places[row]);
  std::vector<ColumnPtr> columns = batch.columns();
  for (ColumnPtr& column : place_columns(all))
    columns.push_back(std::move(column));
  return batch.with_columns(schema, std::move(columns));
}

// Takes what the join of a partition gives out.
class JoinOnDisk::Results final : public Emitter {
 public:
  Results(std::shared_ptr<const Joining> joining, const std::shared_ptr<MemoryBudget>& budget)
      : joining_(std::move(joining)),
        order_(*joining_),
        sorted_(sort_spec(*joining_, order_), MemoryClaim(budget)) {}

  /// Whose records are joined next.
  void set_input(std::shared_ptr<const RecordBatch> batch) { input_ = std::move(batch); }
  SortState& sorted() noexcept { return sorted_; }

  void emit(Batch batch, PortIndex /*port*/) override {
    const RecordBatch& records = as_records(batch);
    std::vector<ColumnPtr> columns;
    columns.reserve(order_.columns.size());
    for (const std::size_t column : order_.columns)
      columns.push_back(records.columns()[column]);
    // A copy, since the batch keeps the whole partition alive. Places tell all records apart, so that the
    // batch's own decides nothing.
    auto copy = copy_of(records.with_columns(sorted_.spec().schema, std::move(columns)));
    const RowSet rows = copy->row_set();
    sorted_.take(std::move(copy), rows, {});
  }
  bool wanted(PortIndex /*port*/) const noexcept override { return true; }
  void reject(std::size_t row, ErrorInfo error) override { reject(input_, row, std::move(error)); }
  ItemVerdict failed(std::size_t row, ErrorInfo error) override {
    reject(row, std::move(error));
    return ItemVerdict::left_out;
  }
  void reject(Batch record, std::size_t row, ErrorInfo error) override {
    refused_.push_back({std::move(record), row, std::move(error)});
  }
  void filtered(std::size_t rows) override { filtered_ += rows; }
  void enough() override {}

  /// Hands on what was refused and filtered since begin_step.
  void hand_on(Emitter& out) const {
    for (const Refused& each : refused_)
      out.reject(without_places(as_records(each.record)), each.row, each.error);
    if (filtered_ > 0) out.filtered(filtered_);
  }
  void begin_step() noexcept {
    refused_.clear();
    filtered_ = 0;
  }

 private:
  struct Refused {
    Batch record;
    std::size_t row;
    ErrorInfo error;
  };

  // Only records of the left are refused.
  Batch without_places(const RecordBatch& batch) const {
    const std::size_t count = joining_->left->size() - place_fields().size();
    std::vector<ColumnPtr> columns = batch.columns();
    columns.resize(count);
    const auto& fields = joining_->left->fields();
    return batch.with_columns(std::make_shared<const Schema>(std::vector<Field>(
                                  fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(count))),
                              std::move(columns));
  }

  std::shared_ptr<const Joining> joining_;
  SortedColumns order_;
  SortState sorted_;
  std::shared_ptr<const RecordBatch> input_;
  std::vector<Refused> refused_;
  std::size_t filtered_ = 0;
};

struct JoinOnDisk::Progress {
  Results results;
  std::size_t steps_done = 0;
  std::exception_ptr failure;  ///< of a step, which cannot be taken again
};

JoinOnDisk::JoinOnDisk(std::shared_ptr<const Joining> joining, std::shared_ptr<MemoryBudget> budget,
                       unsigned level)
    : joining_(std::move(joining)),
      budget_(std::move(budget)),
      level_(level),
      right_(std::make_shared<SpillFile>(*budget_), level),
      left_(std::make_shared<SpillFile>(*budget_), level),
      claim_(budget_) {}

void JoinOnDisk::add(RowPartitions& side, const RecordBatch& batch, const RowSet& rows,
                     std::span<const ColumnPtr> keys) {
  side.write_blocks();
  side.add(keys, batch.columns(), rows);
  claim_.set(bytes());
}

void JoinOnDisk::add_right(const RecordBatch& batch, const RowSet& rows, std::span<const ColumnPtr> keys) {
  add(right_, batch, rows, keys);
}

void JoinOnDisk::add_left(const RecordBatch& batch, const RowSet& rows, std::span<const ColumnPtr> keys) {
  const std::lock_guard lock(left_mutex_);
  add(left_, batch, rows, keys);
}

void JoinOnDisk::absorb(JoinOnDisk& other) {
  right_.absorb(other.right_);
  other.claim_.set(0);
}

void JoinOnDisk::close() {
  right_.close();
  left_.close();
  claim_.set(0);
}

// One step a call, so that a run that is stopped need not wait for all of them.
Cursor JoinOnDisk::output(Cursor at, const std::shared_ptr<const Schema>& output, Emitter& out) {
  if (!progress_) {
    close();
    progress_ = std::make_shared<Progress>(Progress{Results(joining_, budget_), 0, nullptr});
  }
  Progress& progress = *progress_;
  if (progress.failure) std::rethrow_exception(progress.failure);
  SortState& sorted = progress.results.sorted();
  if (at < RowPartitions::kCount) {
    if (at == progress.steps_done) {
      try {
        progress.results.begin_step();
        join_partition(at, progress.results);
      } catch (...) {
        progress.failure = std::current_exception();
        throw;
      }
      ++progress.steps_done;
    }
    progress.results.hand_on(out);
    return at + 1;
  }
  const std::size_t record = at - RowPartitions::kCount;
  const std::size_t count = std::min(kOutputRows, sorted.size() - record);
  if (count == 0) return kDone;
  out.emit(std::make_shared<RecordBatch>(output, sorted.output(record, count), RowSet::range(0, count)));
  return record + count < sorted.size() ? at + count : kDone;
}

void JoinOnDisk::join_partition(std::size_t partition, Results& results) {
  JoinState state(joining_, MemoryClaim(budget_), level_ + 1);
  const auto transform = make_join_transform(joining_);
  const auto process = [&](const std::shared_ptr<const RecordBatch>& batch, PortIndex port) {
    results.set_input(batch);
    for (Cursor at = 0; at != kDone;)
      at = transform->process({batch, port, {}, at}, &state, results);
  };
  const auto process_all = [&](RowPartitions& side, const std::shared_ptr<const Schema>& schema,
                               PortIndex port) {
    for (SpilledBatches& part : side.take(partition)) {
      SpillReader reader(std::move(part), schema);
      while (const auto batch = reader.next())
        process(batch, port);
    }
  };
  process_all(right_, joining_->right, kJoinRightPort);
  state.finish();
  process_all(left_, joining_->left, kJoinLeftPort);
  if (JoinOnDisk* deeper = state.disk()) {
    deeper->close();
    for (std::size_t part = 0; part < RowPartitions::kCount; ++part)
      deeper->join_partition(part, results);
  } else if (joining_->kind == JoinKind::full) {
    for (Cursor at = 0; at != kDone;)
      at = transform->next_output(&state, at, results);
  }
}

}  // namespace weir
