#include "stages/expressions/coercion.hpp"

#include <memory>
#include <utility>

#include "stages/expressions/casting.hpp"
#include "stages/records/value_text.hpp"

namespace weir::expressions {
namespace {

constexpr int kReadsText = 2;  // the cost of a text that is read as another type

bool is_text_literal(const Kernel& value) noexcept {
  return value.constant() != nullptr && value.constant()->flavour == Constant::Flavour::text_literal;
}

}  // namespace

std::optional<int> conversion_cost(const Kernel& value, Type to) noexcept {
  if (value.is_untyped_null() || value.type() == to) return 0;
  if (value.type() == Type::int64 && to == Type::float64) return 1;
  if (value.type() == Type::date && to == Type::timestamp) return 1;
  if (is_text_literal(value) && (to == Type::timestamp || to == Type::date)) return kReadsText;
  return std::nullopt;
}

KernelPtr converted(KernelPtr value, Type to) {
  if (value->type() == to) return value;
  if (value->is_untyped_null()) return make_typed_null(std::move(value), to);
  const bool is_text = value->type() == Type::string;
  // A cast would cut the time off without a word.
  if (is_text && to == Type::date && !parse_date(value->constant()->column->text(0))) return nullptr;
  KernelPtr cast = folded(make_cast(std::move(value), to, CastFailure::error));
  return is_text && cast->constant() == nullptr ? nullptr : cast;
}

std::optional<Type> common_type(const Arguments& values) noexcept {
  for (const Type candidate :
       {Type::boolean, Type::int64, Type::float64, Type::string, Type::date, Type::timestamp}) {
    bool fits = true;
    bool wanted = false;  // by a value that is of this type, or, for string, by nothing else
    for (const KernelPtr& value : values) {
      fits = fits && conversion_cost(*value, candidate).has_value();
      wanted = wanted || (value->type() == candidate);
    }
    if (fits && wanted) return candidate;
  }
  return std::nullopt;
}

const Function* best_form(const std::vector<const Function*>& forms, const Arguments& values) noexcept {
  const Function* best = nullptr;
  int best_cost = 0;
  for (const Function* form : forms) {
    if (!form->takes(values.size())) continue;
    if (form->conversion != Conversion::to_parameters) return form;
    std::optional<int> cost = 0;
    for (std::size_t i = 0; i < values.size() && cost; ++i) {
      const std::optional<int> more = conversion_cost(*values[i], form->parameters[i]);
      const bool allowed = more && (*more < kReadsText || form->reads_texts);
      cost = allowed ? std::optional(*cost + *more) : std::nullopt;
    }
    if (!cost || (best != nullptr && *cost >= best_cost)) continue;
    best = form;
    best_cost = *cost;
  }
  return best;
}

KernelPtr folded(KernelPtr kernel) {
  if (kernel->constant() != nullptr || !kernel->columns().empty()) return kernel;
  const RecordBatch one_row(std::make_shared<const Schema>(), {}, RowSet::range(0, 1));
  RowErrors errors;
  const Operand value = kernel->evaluate({one_row, one_row.row_set(), errors});
  if (!errors.empty()) return kernel;
  return make_constant_kernel({value.column_ptr(), Constant::Flavour::value});
}

}  // namespace weir::expressions
