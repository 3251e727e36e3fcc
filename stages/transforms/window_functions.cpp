// The window functions themselves: each walks over a partition's records in their order.

#include <limits>

#include "stages/expressions/value_order.hpp"
#include "stages/transforms/window_state.hpp"

namespace weir {
namespace {

__extension__ using Wide = __int128;

template <class T>
bool is_less_as(const Column& a, std::size_t row_a, const Column& b, std::size_t row_b) {
  return expressions::value_less(a.values<T>()[row_a], b.values<T>()[row_b]);
}

bool is_less(const Column& a, std::size_t row_a, const Column& b, std::size_t row_b) {
  switch (a.type()) {
    case Type::boolean:
      return is_less_as<std::uint8_t>(a, row_a, b, row_b);
    case Type::float64:
      return is_less_as<double>(a, row_a, b, row_b);
    case Type::string:
      return a.text(row_a) < b.text(row_b);
    default:
      return is_less_as<std::int64_t>(a, row_a, b, row_b);
  }
}

// A sum of doubles that carries along what rounding took from it (Neumaier 1974).
class CompensatedSum {
 public:
  void add(double value) noexcept {
    const double sum = sum_ + value;
    const bool sum_is_larger = (sum_ < 0 ? -sum_ : sum_) >= (value < 0 ? -value : value);
    lost_ += sum_is_larger ? (sum_ - sum) + value : (value - sum) + sum_;
    sum_ = sum;
  }
  double value() const noexcept {
    const double whole = sum_ + lost_;
    return whole == whole ? whole : sum_;  // beyond the finite, what was lost is none
  }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace

const Column* WindowState::argument(const SortEntry& entry, std::size_t call) const noexcept {
  return chunks_[entry.ref.batch].batch->columns()[spec_->call_begin() + call].get();
}

bool WindowState::has_value(const SortEntry& entry, std::size_t call) const noexcept {
  const Column* column = argument(entry, call);
  return column == nullptr || column->is_valid(entry.ref.row);
}

void WindowState::compute(std::span<const WindowRow> rows, std::size_t call, Results& results) const {
  switch (spec_->calls[call].function) {
    case WindowFunction::row_number:
    case WindowFunction::rank:
    case WindowFunction::dense_rank:
    case WindowFunction::count:
      return compute_places(rows, call, results);
    case WindowFunction::sum:
    case WindowFunction::avg:
      return compute_sums(rows, call, results);
    case WindowFunction::session:
      return compute_sessions(rows, call, results);
    default:
      return compute_values(rows, call, results);
  }
}

void WindowState::compute_values(std::span<const WindowRow> rows, std::size_t call, Results& results) const {
  const WindowFunction function = spec_->calls[call].function;
  const auto distance = static_cast<std::uint64_t>(spec_->calls[call].distance);
  RowRef best = kNoRow;  // of min and max
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowRef here = rows[i].entry.ref;
    RowRef value = kNoRow;
    if (function == WindowFunction::lag) {
      if (distance <= i) value = rows[i - distance].entry.ref;
    } else if (function == WindowFunction::lead) {
      if (distance < rows.size() - i) value = rows[i + distance].entry.ref;
    } else if (function == WindowFunction::first_value) {
      value = rows[0].entry.ref;
    } else if (function == WindowFunction::last_value) {
      value = here;
    } else {
      const Column* column = argument(rows[i].entry, call);
      if (column->is_valid(here.row)) {
        const Column* best_column = best == kNoRow ? nullptr : argument({{}, best}, call);
        const bool is_better =
            best_column == nullptr ||
            (function == WindowFunction::min ? is_less(*column, here.row, *best_column, best.row)
                                             : is_less(*best_column, best.row, *column, here.row));
        if (is_better) best = here;
      }
      value = best;
    }
    std::vector<RowRef>& values = results[here.batch][call].values;
    if (values.empty()) values.assign(chunks_[here.batch].batch->physical_rows(), kNoRow);
    values[here.row] = value;
  }
}

void WindowState::compute_places(std::span<const WindowRow> rows, std::size_t call, Results& results) const {
  const WindowFunction function = spec_->calls[call].function;
  std::int64_t number = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_new_peer = i == 0 || rows[i].peers != rows[i - 1].peers;
    switch (function) {
      case WindowFunction::rank:
        if (is_new_peer) number = static_cast<std::int64_t>(i) + 1;
        break;
      case WindowFunction::dense_rank:
        number += is_new_peer ? 1 : 0;
        break;
      case WindowFunction::count:
        number += has_value(rows[i].entry, call) ? 1 : 0;
        break;
      default:
        ++number;
    }
    const RowRef here = rows[i].entry.ref;
    std::vector<std::int64_t>& numbers = results[here.batch][call].numbers;
    if (numbers.empty()) numbers.resize(chunks_[here.batch].batch->physical_rows());
    numbers[here.row] = number;
  }
}

void WindowState::compute_sums(std::span<const WindowRow> rows, std::size_t call, Results& results) const {
  const bool is_sum = spec_->calls[call].function == WindowFunction::sum;
  Wide whole = 0;
  CompensatedSum sum;
  std::int64_t count = 0;
  for (const WindowRow& each : rows) {
    const RowRef here = each.entry.ref;
    const Column* column = argument(each.entry, call);
    const bool is_integer = column->type() == Type::int64;
    if (column->is_valid(here.row)) {
      ++count;
      if (is_integer) {
        whole += column->values<std::int64_t>()[here.row];
      } else {
        sum.add(column->values<double>()[here.row]);
      }
    }
    Result& result = results[here.batch][call];
    const std::size_t length = chunks_[here.batch].batch->physical_rows();
    if (result.nulls.empty()) {
      result.nulls.resize(length);
      if (is_sum && is_integer) {
        result.numbers.resize(length);
      } else {
        result.doubles.resize(length);
      }
    }
    result.nulls[here.row] = count == 0;
    if (count == 0) continue;
    if (is_sum && is_integer) {
      const bool fits = whole >= std::numeric_limits<std::int64_t>::min() &&
                        whole <= std::numeric_limits<std::int64_t>::max();
      if (!fits) result.overflows.push_back(here.row);
      result.numbers[here.row] = fits ? static_cast<std::int64_t>(whole) : 0;
    } else {
      const double total = is_integer ? static_cast<double>(whole) : sum.value();
      result.doubles[here.row] = is_sum ? total : total / static_cast<double>(count);
    }
  }
}

// A record without a time belongs to no session; those come last.
void WindowState::compute_sessions(std::span<const WindowRow> rows, std::size_t call,
                                   Results& results) const {
  const std::int64_t gap = spec_->calls[call].distance;
  std::int64_t number = 0;
  std::int64_t before = 0;
  for (const WindowRow& each : rows) {
    const RowRef here = each.entry.ref;
    Result& result = results[here.batch][call];
    if (result.numbers.empty()) {
      result.numbers.resize(chunks_[here.batch].batch->physical_rows());
      result.nulls.resize(result.numbers.size());
    }
    const Column* column = argument(each.entry, call);
    result.nulls[here.row] = !column->is_valid(here.row);
    if (result.nulls[here.row]) continue;
    const std::int64_t time = column->values<std::int64_t>()[here.row];
    const Wide passed = Wide{time} - before;
    if (number == 0 || passed > gap) ++number;
    before = time;
    result.numbers[here.row] = number;
  }
}

}  // namespace weir
