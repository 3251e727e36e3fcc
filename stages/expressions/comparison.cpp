#include "stages/expressions/comparison.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/logic.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/expressions/value_order.hpp"

namespace weir::expressions {
namespace {

using Bool = std::uint8_t;

// How an operation takes a stored value: slots by reference, for the short ones are read in place.
template <class T>
using Taken = std::conditional_t<std::is_same_v<T, StringSlot>, const StringSlot&, T>;

template <class T>
struct Equal {
  static constexpr bool kSpecialised = true;
  static void compute(Taken<T> a, Taken<T> b, Bool& result) { result = values_equal<T>(a, b); }
};
template <class T>
struct NotEqual {
  static constexpr bool kSpecialised = true;
  static void compute(Taken<T> a, Taken<T> b, Bool& result) { result = !values_equal<T>(a, b); }
};
template <class T>
struct Less {
  static constexpr bool kSpecialised = true;
  static void compute(Taken<T> a, Taken<T> b, Bool& result) { result = value_less<T>(a, b); }
};
template <class T>
struct NotGreater {
  static constexpr bool kSpecialised = true;
  static void compute(Taken<T> a, Taken<T> b, Bool& result) { result = !value_less<T>(b, a); }
};

template <template <class> class Operation>
KernelPtr make_comparison(Type, Arguments arguments) {
  return with_stored_type(arguments[0]->type(), [&](auto stored) {
    using T = typename decltype(stored)::type;
    return make_operation<Operation<T>>(Type::boolean, std::move(arguments));
  });
}

// x > y is y < x.
template <template <class> class Operation>
KernelPtr make_mirrored(Type type, Arguments arguments) {
  std::swap(arguments[0], arguments[1]);
  return make_comparison<Operation>(type, std::move(arguments));
}

KernelPtr make_between(Type type, Arguments arguments) {
  return make_and(make_comparison<NotGreater>(type, {arguments[1], arguments[0]}),
                  make_comparison<NotGreater>(type, {arguments[0], arguments[2]}));
}

template <class T>
class DistinctKernel final : public Kernel {
 public:
  explicit DistinctKernel(Arguments arguments) : Kernel(Type::boolean, std::move(arguments)) {}

  Operand evaluate(const Frame& frame) const override {
    const Operand left = arguments()[0]->evaluate(frame);
    const Operand right = arguments()[1]->evaluate(frame);
    const Reader<T, -1> left_values(left);
    const Reader<T, -1> right_values(right);
    ColumnBuilder builder(Type::boolean, frame.physical_rows());
    Bool* const out = builder.values<Bool>();
    frame.rows.for_each([&](std::size_t row) {
      const bool left_valid = left.is_valid(row);
      const bool right_valid = right.is_valid(row);
      out[row] = left_valid && right_valid ? !values_equal<T>(left_values[row], right_values[row])
                                           : left_valid != right_valid;
    });
    return Operand::of_column(std::move(builder).finish());
  }
};

// `x in (1, 2, NULL)`: the list is known. A NULL in it makes what is not found NULL.
template <class T>
class MemberKernel final : public Kernel {
 public:
  MemberKernel(KernelPtr value, const Arguments& list, std::size_t first)
      : Kernel(Type::boolean, {std::move(value)}) {
    for (std::size_t i = first; i < list.size(); ++i) {
      const Constant& item = *list[i]->constant();
      if (item.is_null()) {
        list_has_null_ = true;
        continue;
      }
      members_.push_back(item.column->template values<T>()[0]);
      columns_.push_back(item.column);
    }
    std::sort(members_.begin(), members_.end(), value_less<T>);
  }

  Operand evaluate(const Frame& frame) const override {
    const Operand value = arguments()[0]->evaluate(frame);
    const Reader<T, -1> values(value);
    const bool nulls = value.has_nulls();
    ColumnBuilder builder(Type::boolean, frame.physical_rows());
    Bool* const out = builder.values<Bool>();
    frame.rows.for_each([&](std::size_t row) {
      if (nulls && !value.is_valid(row)) return builder.set_null(row);
      out[row] = is_member(values[row]);
      if (list_has_null_ && out[row] == 0) builder.set_null(row);
    });
    return Operand::of_column(std::move(builder).finish());
  }

 private:
  static constexpr std::size_t kShortList = 8;  // up to here, looking at each is quicker than searching

  bool is_member(const T& value) const noexcept {
    if (members_.size() > kShortList)
      return std::binary_search(members_.begin(), members_.end(), value, value_less<T>);
    for (const T& member : members_)
      if (values_equal<T>(member, value)) return true;
    return false;
  }

  std::vector<T> members_;          ///< sorted
  std::vector<ColumnPtr> columns_;  ///< what long strings in members_ point into
  bool list_has_null_ = false;
};

KernelPtr make_in(Type, Arguments arguments) {
  const bool known = std::all_of(arguments.begin() + 1, arguments.end(),
                                 [](const KernelPtr& item) { return item->constant() != nullptr; });
  if (known) {
    return with_stored_type(arguments[0]->type(), [&](auto stored) -> KernelPtr {
      using T = typename decltype(stored)::type;
      return std::make_shared<MemberKernel<T>>(arguments[0], arguments, 1);
    });
  }
  Arguments equals;
  for (std::size_t i = 1; i < arguments.size(); ++i)
    equals.push_back(make_equal(arguments[0], arguments[i]));
  return make_any(std::move(equals));
}

KernelPtr make_distinct(Type, Arguments arguments) {
  return with_stored_type(arguments[0]->type(), [&](auto stored) -> KernelPtr {
    using T = typename decltype(stored)::type;
    return std::make_shared<DistinctKernel<T>>(std::move(arguments));
  });
}

constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

Function comparison(std::string_view name, std::string_view usage, std::string_view summary,
                    std::string_view example, KernelPtr (*make)(Type, Arguments)) {
  Function function;
  function.name = name;
  function.section = "Comparisons";
  function.usage = usage;
  function.summary = summary;
  function.example = example;
  function.conversion = Conversion::to_common_type;
  function.arguments_min = function.arguments_max = 2;
  function.result = Type::boolean;
  function.make = make;
  return function;
}

}  // namespace

KernelPtr make_equal(KernelPtr left, KernelPtr right) {
  return make_comparison<Equal>(Type::boolean, {std::move(left), std::move(right)});
}

void add_comparisons(FunctionTable& table) {
  table.add(comparison("=", "x = y", "Equal.", "2 = 2.0", make_comparison<Equal>));
  table.add(comparison("<>", "x <> y", "Not equal.", "2 <> 3", make_comparison<NotEqual>));
  table.add(comparison("<", "x < y", "Less; strings by their bytes.", "'a' < 'b'", make_comparison<Less>));
  table.add(comparison("<=", "x <= y", "Less or equal.", "2 <= 2", make_comparison<NotGreater>));
  table.add(comparison(">", "x > y", "Greater.", "3 > 2", make_mirrored<Less>));
  table.add(comparison(">=", "x >= y", "Greater or equal.", "2 >= 3", make_mirrored<NotGreater>));

  Function between = comparison("between", "x between low and high", "Whether low <= x and x <= high.",
                                "5 between 1 and 9", make_between);
  between.arguments_min = between.arguments_max = 3;
  between.null_gives_null = false;
  table.add(std::move(between));

  Function in = comparison("in", "x in (a, b, ...)", "Whether x equals one of a list.",
                           "'AA' in ('AA', 'UA')", make_in);
  in.arguments_max = kAnyNumber;
  in.null_gives_null = false;
  table.add(std::move(in));

  Function distinct = comparison("is distinct from", "x is distinct from y",
                                 "Not equal, where NULL is a value like others; never NULL.",
                                 "1 is distinct from null", make_distinct);
  distinct.null_gives_null = false;
  table.add(std::move(distinct));
}

}  // namespace weir::expressions
