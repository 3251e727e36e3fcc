// Gives a syntax tree its meaning: names become columns, `$name` a value, calls kernels, and every type is
// checked.
//
// Used by one thread, while a pipeline is planned.
#pragma once

#include <string>
#include <string_view>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/kernel.hpp"
#include "stages/expressions/syntax.hpp"
#include "weir/schema.hpp"

namespace weir::expressions {

/// Where an expression stands decides what its names mean.
class Scope {
 public:
  virtual ~Scope() = default;
  /// A whole subexpression that is already computed; null: it is not.
  virtual KernelPtr known(const Node& /*node*/) { return nullptr; }
  /// Throws ExpressionError.
  virtual KernelPtr column(const Node& node, const ColumnName& name) = 0;
  /// A call of an aggregate function. Throws ExpressionError.
  virtual KernelPtr aggregate(const Node& node, const Call& call) = 0;
};

/// Columns are a schema's, and aggregates are refused.
class RowScope final : public Scope {
 public:
  /// `refusal`: why aggregates are, and what to do about it.
  struct Refusal {
    std::string_view message;
    std::string_view mend;
  };
  RowScope(const Schema& schema, Refusal refusal) : schema_(schema), refusal_(refusal) {}

  KernelPtr column(const Node& node, const ColumnName& name) override;
  KernelPtr aggregate(const Node& node, const Call& call) override;

 private:
  const Schema& schema_;
  Refusal refusal_;
};

class Binder {
 public:
  Binder(Scope& scope, const VariableLookup& variables) : scope_(scope), variables_(variables) {}

  /// Throws ExpressionError.
  KernelPtr bind(const Node& node);
  /// The same, as a value of a type that it may become by itself (int64 to double, NULL to all).
  KernelPtr bind_as(const Node& node, Type type, std::string_view wanted_by);

 private:
  KernelPtr bind_call(const Node& node, const Call& call);
  KernelPtr bind_cast(const Node& node, const Cast& cast);
  KernelPtr bind_case(const Node& node, const Case& form);
  KernelPtr bind_variable(const Node& node, const VariableName& name);

  Scope& scope_;
  const VariableLookup& variables_;
};

/// There is no column of that name.
[[noreturn]] void throw_unknown_column(const Node& node, const ColumnName& name, const Schema& schema);

}  // namespace weir::expressions
