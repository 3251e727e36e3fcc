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
  bool is_untyped_null() const noexcept override {
    return constant_.flavour == Constant::Flavour::null_literal;
  }

 private:
  Constant constant_;
};

ColumnPtr one_null(Type type) {
  ColumnBuilder builder(type, 1);
  builder.set_null(0);
  return std::move(builder).finish();
}

// NULL at every row, in place of a kernel that would find out the same.
class NullKernel final : public Kernel {
 public:
  enum class Typing : unsigned char { untyped, typed };

  NullKernel(KernelPtr value, Type type, Typing typing)
      : Kernel(type, {std::move(value)}), typing_(typing), null_(one_null(type)) {}

  Operand evaluate(const Frame& frame) const override {
    if (may_fail()) arguments().front()->evaluate(frame);
    return Operand::of_constant(null_);
  }
  bool is_untyped_null() const noexcept override { return typing_ == Typing::untyped; }
  // As long as nobody gives it another type, a column may be handed on as it is.
  std::optional<std::size_t> plain_column() const noexcept override {
    return is_untyped_null() ? arguments().front()->plain_column() : std::nullopt;
  }

 private:
  Typing typing_;
  ColumnPtr null_;
};

// Whether nothing is left to do or to know of a kernel that is NULL at every row.
bool is_mere_null(const Kernel& value) noexcept { return value.columns().empty() && !value.may_fail(); }

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

KernelPtr make_column_kernel(const Field& field, std::size_t column) {
  KernelPtr kernel = std::make_shared<ColumnKernel>(field.type, column);
  return field.always_null ? make_untyped_null(std::move(kernel)) : kernel;
}

KernelPtr make_constant_kernel(Constant constant) {
  return std::make_shared<ConstantKernel>(std::move(constant));
}

KernelPtr make_null(Type type) { return make_constant_kernel({one_null(type), Constant::Flavour::value}); }

KernelPtr make_untyped_null(KernelPtr value) {
  if (value->is_untyped_null()) return value;
  if (is_mere_null(*value)) return make_literal({});
  const Type type = value->type();
  return std::make_shared<NullKernel>(std::move(value), type, NullKernel::Typing::untyped);
}

KernelPtr make_typed_null(KernelPtr value, Type type) {
  if (is_mere_null(*value)) return make_null(type);
  return std::make_shared<NullKernel>(std::move(value), type, NullKernel::Typing::typed);
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
