// Bound, executable expressions: a tree of kernels, each computing one column for a whole batch.
//
// Kernels are immutable and shared by any number of threads. They throw nothing about values: a row that
// cannot be computed goes to the frame's errors and is NULL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/column.hpp"
#include "weir/expression.hpp"
#include "weir/record_batch.hpp"

namespace weir::expressions {

/// What one evaluation works on. A kernel may hand its arguments a frame with fewer rows, so that branches
/// not taken cause no errors.
struct Frame {
  const RecordBatch& batch;
  const RowSet& rows;
  RowErrors& errors;

  std::size_t physical_rows() const noexcept { return batch.physical_rows(); }
  Frame with_rows(const RowSet& fewer) const noexcept { return {batch, fewer, errors}; }
};

/// What a kernel gives: a column as long as the batch, or a column of one row that stands for all of them.
class Operand {
 public:
  static Operand of_column(ColumnPtr column) noexcept { return {std::move(column), false}; }
  static Operand of_constant(ColumnPtr one_row) noexcept { return {std::move(one_row), true}; }

  bool is_constant() const noexcept { return constant_; }
  const Column& column() const noexcept { return *column_; }
  const ColumnPtr& column_ptr() const noexcept { return column_; }
  /// Where a batch's row lies in the column.
  std::size_t place(std::size_t row) const noexcept { return constant_ ? 0 : row; }
  bool has_nulls() const noexcept { return column_->has_nulls(); }
  bool is_valid(std::size_t row) const noexcept { return column_->is_valid(place(row)); }
  bool is_null_constant() const noexcept { return constant_ && !column_->is_valid(0); }

 private:
  Operand(ColumnPtr column, bool constant) noexcept : column_(std::move(column)), constant_(constant) {}

  ColumnPtr column_;
  bool constant_;
};

/// A value known when the expression is bound.
struct Constant {
  /// A literal may be read as another type, where one is wanted.
  enum class Flavour : unsigned char { value, null_literal, text_literal };
  ColumnPtr column;  ///< of one row
  Flavour flavour = Flavour::value;

  bool is_null() const noexcept { return !column->is_valid(0); }
};

class Kernel;
using KernelPtr = std::shared_ptr<const Kernel>;
using Arguments = std::vector<KernelPtr>;

class Kernel {
 public:
  virtual ~Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  /// Computes at the frame's rows; other rows of the result are unspecified, yet initialised.
  virtual Operand evaluate(const Frame& frame) const = 0;
  /// The value, if it is known before any row is.
  virtual const Constant* constant() const noexcept { return nullptr; }
  /// Whether it is NULL at every row and of no type of its own, so that it becomes a NULL of any type by
  /// itself.
  virtual bool is_untyped_null() const noexcept { return false; }
  /// The column, if this is one as it is.
  virtual std::optional<std::size_t> plain_column() const noexcept { return std::nullopt; }

  Type type() const noexcept { return type_; }
  /// Whether some row can fail here or below: else it may be computed where it is not needed.
  bool may_fail() const noexcept { return may_fail_; }
  /// The batch's columns that are read here or below, ascending.
  const std::vector<std::size_t>& columns() const noexcept { return columns_; }

 protected:
  Kernel(Type type, Arguments arguments, bool fails_itself = false);
  /// For a leaf that reads columns of the batch.
  Kernel(Type type, std::vector<std::size_t> columns) : type_(type), columns_(std::move(columns)) {}

  const Arguments& arguments() const noexcept { return arguments_; }

 private:
  Type type_;
  Arguments arguments_;
  bool may_fail_ = false;
  std::vector<std::size_t> columns_;
};

KernelPtr make_column_kernel(const Field& field, std::size_t column);
KernelPtr make_constant_kernel(Constant constant);
KernelPtr make_null(Type type);
/// A kernel known to be NULL at every row, as an untyped NULL and as one of a type. What it computes is left
/// out, save for errors; the columns it reads still count, so that whoever fills them knows that somebody
/// relies on the NULLs.
KernelPtr make_untyped_null(KernelPtr value);
KernelPtr make_typed_null(KernelPtr value, Type type);
KernelPtr make_literal(const Literal& literal);

/// A column of `rows` rows that all hold the value of a column of one row.
ColumnPtr repeat(const Column& one_row, std::size_t rows);

/// The rows of a set that a predicate of the physical row picks.
template <class Predicate>
RowSet select_rows(const RowSet& rows, Predicate&& picks) {
  auto picked = std::make_shared<std::vector<std::uint32_t>>();
  picked->reserve(rows.size());
  rows.for_each([&](std::size_t row) {
    if (picks(row)) picked->push_back(static_cast<std::uint32_t>(row));
  });
  return RowSet::list(std::move(picked));
}

/// Calls visit(std::type_identity<T>) with the type that a column's values are stored as.
template <class Visit>
decltype(auto) with_stored_type(Type type, Visit&& visit) {
  switch (type) {
    case Type::boolean:
      return visit(std::type_identity<std::uint8_t>{});
    case Type::float64:
      return visit(std::type_identity<double>{});
    case Type::string:
      return visit(std::type_identity<StringSlot>{});
    case Type::int64:
    case Type::timestamp:
    case Type::date:
      break;
  }
  return visit(std::type_identity<std::int64_t>{});
}

}  // namespace weir::expressions
