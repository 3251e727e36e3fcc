#include "stages/expressions/conditional.hpp"

#include <cstdint>
#include <limits>
#include <utility>

#include "stages/expressions/comparison.hpp"
#include "stages/expressions/function_table.hpp"
#include "stages/expressions/value_order.hpp"

namespace weir::expressions {
namespace {

using Bool = std::uint8_t;

// Takes over an operand's values at some rows. Strings keep pointing where they point.
void copy_rows(ColumnBuilder& to, const Operand& from, const RowSet& rows) {
  with_stored_type(from.column().type(), [&](auto stored) {
    using T = typename decltype(stored)::type;
    const T* const values = from.column().values<T>();
    T* const out = to.values<T>();
    rows.for_each([&](std::size_t row) { out[row] = values[from.place(row)]; });
  });
  if (from.has_nulls()) {
    rows.for_each([&](std::size_t row) {
      if (!from.is_valid(row)) to.set_null(row);
    });
  }
  to.keep(from.column());
}

// Each part is computed only at the rows that came so far, so that branches not taken cause no errors.
class CaseKernel final : public Kernel {
 public:
  CaseKernel(Type type, Arguments parts) : Kernel(type, std::move(parts)) {}

  Operand evaluate(const Frame& frame) const override {
    ColumnBuilder builder(type(), frame.physical_rows());
    RowSet rest = frame.rows;
    std::size_t part = 0;
    for (; part + 1 < arguments().size() && rest.size() > 0; part += 2) {
      const Operand condition = arguments()[part]->evaluate(frame.with_rows(rest));
      const Bool* const values = condition.column().values<Bool>();
      const auto holds = [&](std::size_t row) {
        return values[condition.place(row)] != 0 && condition.is_valid(row);
      };
      const RowSet chosen = select_rows(rest, holds);
      if (chosen.size() == 0) continue;
      rest = select_rows(rest, [&](std::size_t row) { return !holds(row); });
      copy_rows(builder, arguments()[part + 1]->evaluate(frame.with_rows(chosen)), chosen);
    }
    if (rest.size() > 0) copy_rows(builder, arguments().back()->evaluate(frame.with_rows(rest)), rest);
    return Operand::of_column(std::move(builder).finish());
  }
};

class CoalesceKernel final : public Kernel {
 public:
  CoalesceKernel(Type type, Arguments values) : Kernel(type, std::move(values)) {}

  Operand evaluate(const Frame& frame) const override {
    const Operand first = arguments().front()->evaluate(frame);
    if (!first.has_nulls()) return first;
    ColumnBuilder builder(type(), frame.physical_rows());
    copy_rows(builder, first, select_rows(frame.rows, [&](std::size_t row) { return first.is_valid(row); }));
    RowSet rest = select_rows(frame.rows, [&](std::size_t row) { return !first.is_valid(row); });
    for (std::size_t i = 1; i < arguments().size() && rest.size() > 0; ++i) {
      const Operand value = arguments()[i]->evaluate(frame.with_rows(rest));
      copy_rows(builder, value, select_rows(rest, [&](std::size_t row) { return value.is_valid(row); }));
      rest = select_rows(rest, [&](std::size_t row) { return !value.is_valid(row); });
    }
    rest.for_each([&](std::size_t row) { builder.set_null(row); });
    return Operand::of_column(std::move(builder).finish());
  }
};

// greatest and least pass over NULLs.
template <class T, bool kGreatest>
class ExtremeKernel final : public Kernel {
 public:
  ExtremeKernel(Type type, Arguments values) : Kernel(type, std::move(values)) {}

  Operand evaluate(const Frame& frame) const override {
    std::vector<Operand> operands;
    ColumnBuilder builder(type(), frame.physical_rows());
    for (const KernelPtr& argument : arguments()) {
      operands.push_back(argument->evaluate(frame));
      builder.keep(operands.back().column());
    }
    T* const out = builder.values<T>();
    frame.rows.for_each([&](std::size_t row) {
      const T* best = nullptr;
      for (const Operand& operand : operands) {
        if (!operand.is_valid(row)) continue;
        const T& value = operand.column().template values<T>()[operand.place(row)];
        if (best == nullptr || (kGreatest ? value_less<T>(*best, value) : value_less<T>(value, *best)))
          best = &value;
      }
      if (best == nullptr) return builder.set_null(row);
      out[row] = *best;
    });
    return Operand::of_column(std::move(builder).finish());
  }
};

KernelPtr make_coalesce(Type type, Arguments arguments) {
  return std::make_shared<CoalesceKernel>(type, std::move(arguments));
}

KernelPtr make_nullif(Type type, Arguments arguments) {
  KernelPtr equal = make_equal(arguments[0], arguments[1]);
  return make_case(type, {std::move(equal), make_null(type), arguments[0]});
}

template <bool kGreatest>
KernelPtr make_extreme(Type type, Arguments arguments) {
  return with_stored_type(type, [&](auto stored) -> KernelPtr {
    using T = typename decltype(stored)::type;
    return std::make_shared<ExtremeKernel<T, kGreatest>>(type, std::move(arguments));
  });
}

Function conditional(std::string_view name, std::string_view usage, std::string_view summary,
                     std::string_view example, KernelPtr (*make)(Type, Arguments)) {
  Function function;
  function.name = name;
  function.section = "Conditions";
  function.usage = usage;
  function.summary = summary;
  function.example = example;
  function.conversion = Conversion::to_common_type;
  function.arguments_min = 1;
  function.arguments_max = std::numeric_limits<std::size_t>::max();
  function.null_gives_null = false;
  function.make = make;
  return function;
}

}  // namespace

KernelPtr make_case(Type type, Arguments parts) {
  return std::make_shared<CaseKernel>(type, std::move(parts));
}

void add_conditionals(FunctionTable& table) {
  table.add(conditional("coalesce", "coalesce(x, y, ...)", "The first value that is not NULL.",
                        "coalesce(null, 2, 3)", make_coalesce));
  table.add(conditional("greatest", "greatest(x, y, ...)", "The greatest value; NULLs are passed over.",
                        "greatest(1, null, 3)", make_extreme<true>));
  table.add(conditional("least", "least(x, y, ...)", "The least value; NULLs are passed over.",
                        "least(1, null, 3)", make_extreme<false>));
  Function nullif =
      conditional("nullif", "nullif(x, y)", "NULL where x = y, else x.", "nullif('-', '-')", make_nullif);
  nullif.arguments_min = nullif.arguments_max = 2;
  table.add(std::move(nullif));
  Function ifnull =
      conditional("ifnull", "ifnull(x, y)", "x, or y where x is NULL.", "ifnull(null, 0)", make_coalesce);
  ifnull.arguments_min = ifnull.arguments_max = 2;
  table.add(std::move(ifnull));
}

}  // namespace weir::expressions
