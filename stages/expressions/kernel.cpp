#include "stages/expressions/kernel.hpp"

#include <algorithm>
#include <cassert>

namespace weir::expressions {
namespace {

class ColumnKernel final : public Kernel {
 public:
  ColumnKernel(Type type, std::size_t column)
      : Kernel(type, std::vector<std::size_t>{column}), column_(column) {}

  Operand evaluate(const Frame& frame) const override {
    const ColumnPtr& column = frame.batch.columns()[column_];
    assert(column && column->encoding() == Encoding::values && column->type() == type());
    return Operand::of_column(column);
  }
  std::optional<std::size_t> plain_column() const noexcept override { return column_; }

 private:
  std::size_t column_;
};

class ConstantKernel final : public Kernel {
 public:
  explicit ConstantKernel(Constant constant)
      : Kernel(constant.column->type(), Arguments{}), constant_(std::move(constant)) {}

  Operand evaluate(const Frame&) const override { return Operand::of_constant(constant_.column); }
  const Constant* constant() const noexcept override { return &constant_; }

 private:
  Constant constant_;
};

}  // namespace

Kernel::Kernel(Type type, Arguments arguments, bool fails_itself)
    : type_(type), arguments_(std::move(arguments)), may_fail_(fails_itself) {
  for (const KernelPtr& argument : arguments_) {
    may_fail_ |= argument->may_fail();
    columns_.insert(columns_.end(), argument->columns().begin(), argument->columns().end());
  }
  std::sort(columns_.begin(), columns_.end());
  columns_.erase(std::unique(columns_.begin(), columns_.end()), columns_.end());
}

KernelPtr make_column_kernel(Type type, std::size_t column) {
  return std::make_shared<ColumnKernel>(type, column);
}

KernelPtr make_constant_kernel(Constant constant) {
  return std::make_shared<ConstantKernel>(std::move(constant));
}

KernelPtr make_null(Type type) {
  ColumnBuilder builder(type, 1);
  builder.set_null(0);
  return make_constant_kernel({std::move(builder).finish(), Constant::Flavour::value});
}

KernelPtr make_literal(const Literal& literal) {
  ColumnBuilder builder(literal.type.value_or(Type::string), 1);
  Constant::Flavour flavour = Constant::Flavour::value;
  if (!literal.type) {
    builder.set_null(0);
    flavour = Constant::Flavour::null_literal;
  } else if (literal.type == Type::boolean) {
    builder.values<std::uint8_t>()[0] = literal.boolean ? 1 : 0;
  } else if (literal.type == Type::float64) {
    builder.values<double>()[0] = literal.float64;
  } else if (literal.type == Type::string) {
    builder.set_copy(0, literal.string);
    flavour = Constant::Flavour::text_literal;
  } else {
    builder.values<std::int64_t>()[0] = literal.int64;
  }
  return make_constant_kernel({std::move(builder).finish(), flavour});
}

ColumnPtr repeat(const Column& one_row, std::size_t rows) {
  ColumnBuilder builder(one_row.type(), rows);
  with_stored_type(one_row.type(), [&](auto stored) {
    using T = typename decltype(stored)::type;
    std::fill_n(builder.values<T>(), rows, one_row.values<T>()[0]);
  });
  if (!one_row.is_valid(0)) {
    for (std::size_t row = 0; row < rows; ++row)
      builder.set_null(row);
  }
  builder.keep(one_row);
  return std::move(builder).finish();
}

}  // namespace weir::expressions
