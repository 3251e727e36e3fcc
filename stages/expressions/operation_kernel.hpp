// Makes a column kernel of an operation on single values.
//
// An operation is a struct with
//
//     static void compute(A a, B b, R& result);           // or `static bool`: false where these values have
//     no result static std::string failure(A a, B b);               // the message then; only with `static
//     bool`
//
// where A, B are std::uint8_t (bool), std::int64_t, double, std::string_view or const StringSlot&, and R one
// of the first three, std::string_view (a part of an argument) or std::string (which is copied). NULL in
// gives NULL out, without a call. An operation on two numbers that says `static constexpr bool kSpecialised =
// true` gets loops of its own for columns and constants; the others share one.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "stages/expressions/kernel.hpp"

namespace weir::expressions {

/// What lies in a column where an operation takes or gives T.
template <class T>
using Stored =
    std::conditional_t<std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>, StringSlot, T>;

/// Reads a column or a constant by the batch's row. kStride 1: a column; 0: a constant; -1: known only at run
/// time.
template <class T, int kStride>
class Reader {
 public:
  explicit Reader(const Operand& operand) noexcept
      : values_(operand.column().template values<Stored<T>>()), stride_(operand.is_constant() ? 0 : 1) {}

  decltype(auto) operator[](std::size_t row) const noexcept {
    const Stored<T>& value = values_[row * (kStride < 0 ? stride_ : static_cast<std::size_t>(kStride))];
    if constexpr (std::is_same_v<T, std::string_view>) {
      return value.view();
    } else {
      return static_cast<const T&>(value);
    }
  }

 private:
  const Stored<T>* values_;
  std::size_t stride_;
};

namespace detail {

// An operation's arguments and result, read off its `compute`.
template <class Function>
struct Signature;
template <class Return, class A, class R>
struct Signature<Return (*)(A, R&)> {
  using Arguments = std::tuple<std::remove_cvref_t<A>>;
  using Result = R;
  static constexpr bool kFails = std::is_same_v<Return, bool>;
};
template <class Return, class A, class B, class R>
struct Signature<Return (*)(A, B, R&)> {
  using Arguments = std::tuple<std::remove_cvref_t<A>, std::remove_cvref_t<B>>;
  using Result = R;
  static constexpr bool kFails = std::is_same_v<Return, bool>;
};
template <class Return, class A, class B, class C, class R>
struct Signature<Return (*)(A, B, C, R&)> {
  using Arguments = std::tuple<std::remove_cvref_t<A>, std::remove_cvref_t<B>, std::remove_cvref_t<C>>;
  using Result = R;
  static constexpr bool kFails = std::is_same_v<Return, bool>;
};

template <class Operation>
concept Specialised = requires {
  Operation::kSpecialised;
};

}  // namespace detail

/// What becomes of a row for which `compute` answers false.
enum class WhenFailing : unsigned char { error, null };

template <class Operation, WhenFailing kWhenFailing = WhenFailing::error>
class OperationKernel final : public Kernel {
  using Signature = detail::Signature<decltype(&Operation::compute)>;
  using Values = typename Signature::Arguments;
  using Result = typename Signature::Result;
  static constexpr std::size_t kArguments = std::tuple_size_v<Values>;
  template <std::size_t i>
  using Value = std::tuple_element_t<i, Values>;
  using Operands = std::array<const Operand*, kArguments>;

 public:
  OperationKernel(Type type, Arguments arguments)
      : Kernel(type, std::move(arguments), Signature::kFails && kWhenFailing == WhenFailing::error) {}

  Operand evaluate(const Frame& frame) const override {
    return evaluate_at(frame, std::make_index_sequence<kArguments>());
  }

 private:
  template <std::size_t... i>
  Operand evaluate_at(const Frame& frame, std::index_sequence<i...>) const {
    const std::array<Operand, kArguments> values = {arguments()[i]->evaluate(frame)...};
    const Operands operands = {&values[i]...};
    ColumnBuilder builder(type(), frame.physical_rows());
    for (const Operand& value : values) {
      if (value.is_null_constant()) return make_null(type())->evaluate(frame);
      if (!value.is_constant()) builder.set_null_where(value.column());
      if constexpr (std::is_same_v<Result, std::string_view>) builder.keep(value.column());
    }
    if constexpr (detail::Specialised<Operation>) {
      static_assert(kArguments == 2);
      const bool left_constant = values[0].is_constant();
      const bool right_constant = values[1].is_constant();
      if (left_constant != right_constant) {
        if (right_constant) {
          compute_rows<1, 0>(frame, operands, builder);
        } else {
          compute_rows<0, 1>(frame, operands, builder);
        }
      } else if (!left_constant) {
        compute_rows<1, 1>(frame, operands, builder);
      } else {
        compute_rows<-1, -1>(frame, operands, builder);
      }
    } else {
      compute_rows<(static_cast<void>(i), -1)...>(frame, operands, builder);
    }
    return Operand::of_column(std::move(builder).finish());
  }

  template <int... kStrides>
  static void compute_rows(const Frame& frame, const Operands& operands, ColumnBuilder& builder) {
    compute_with<kStrides...>(frame, operands, builder, std::make_index_sequence<kArguments>());
  }

  template <int... kStrides, std::size_t... i>
  static void compute_with(const Frame& frame, const Operands& operands, ColumnBuilder& builder,
                           std::index_sequence<i...>) {
    const std::tuple<Reader<Value<i>, kStrides>...> readers{Reader<Value<i>, kStrides>(*operands[i])...};
    // Where nothing can fail and values are numbers, computing at NULL as well is cheaper than asking.
    constexpr bool kNullsAreHarmless =
        !Signature::kFails && (std::is_arithmetic_v<Value<i>> && ...) && std::is_arithmetic_v<Result>;
    const bool nulls = (operands[i]->has_nulls() || ...);
    const auto valid = [&](std::size_t row) { return (operands[i]->is_valid(row) && ...); };

    Result result{};
    bool succeeded = true;
    auto* const out = builder.values<Stored<Result>>();
    const auto compute_row = [&](std::size_t row) {
      if constexpr (std::is_arithmetic_v<Result>) {
        succeeded &= call(out[row], std::get<i>(readers)[row]...);
      } else {
        succeeded &= call(result, std::get<i>(readers)[row]...);
        store(builder, row, result);
      }
    };
    if (nulls && !kNullsAreHarmless) {
      frame.rows.for_each([&](std::size_t row) {
        if (valid(row)) compute_row(row);
      });
    } else {
      frame.rows.for_each(compute_row);
    }
    if constexpr (Signature::kFails) {
      if (succeeded) return;
      frame.rows.for_each([&](std::size_t row) {
        if (!valid(row) || call(result, std::get<i>(readers)[row]...)) return;
        if constexpr (kWhenFailing == WhenFailing::error)
          frame.errors.add(row, Operation::failure(std::get<i>(readers)[row]...));
        builder.set_null(row);
      });
    }
  }

  template <class... A>
  static bool call(Result& result, const A&... values) {
    if constexpr (std::is_same_v<Result, std::string>) result.clear();
    if constexpr (Signature::kFails) {
      return Operation::compute(values..., result);
    } else {
      Operation::compute(values..., result);
      return true;
    }
  }

  static void store(ColumnBuilder& builder, std::size_t row, const Result& result) {
    if constexpr (std::is_same_v<Result, std::string>) {
      builder.set_copy(row, result);
    } else {
      builder.set_view(row, result);
    }
  }
};

/// In the shape that the function table wants.
template <class Operation>
KernelPtr make_operation(Type result, Arguments arguments) {
  return std::make_shared<OperationKernel<Operation>>(result, std::move(arguments));
}

}  // namespace weir::expressions
