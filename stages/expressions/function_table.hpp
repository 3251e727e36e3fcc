// The functions and operators that expressions know: one entry for each form, with all that is said of it.
//
// The binder resolves calls by it, messages list it, and a reference is generated from it. Filled once, then
// only read, from any thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stages/expressions/kernel.hpp"

namespace weir::expressions {

/// What the binder makes of a call's arguments before it makes the kernel.
enum class Conversion : unsigned char {
  to_parameters,   ///< each becomes its parameter's type
  to_common_type,  ///< all become one type, the widest
  to_string,       ///< all become strings
  none,
};

struct Function {
  std::string_view name;
  std::string_view section;  ///< of the reference
  std::string_view usage;    ///< with names for the arguments: "round(x, digits)"
  std::string_view summary;  ///< one sentence, for who has never used it
  std::string_view example;  ///< an expression without columns: the reference shows what it comes to
  Conversion conversion = Conversion::to_parameters;
  std::vector<Type> parameters = {};  ///< with to_parameters
  std::size_t arguments_min = 0;      ///< with the others
  std::size_t arguments_max = 0;
  std::optional<Type> result = {};  ///< nothing: the common type
  bool null_gives_null = true;      ///< whatever the other arguments are
  bool reads_texts = true;          ///< whether a literal text becomes its date or timestamp
  KernelPtr (*make)(Type result, Arguments arguments) = nullptr;

  bool takes(std::size_t arguments) const noexcept;
  /// "round(double, int64)", for messages.
  std::string signature() const;
};

/// A function whose arguments become its parameters' types, NULL of NULLs: what most are.
Function plain_function(std::string_view section, std::string_view name, std::string_view usage,
                        std::string_view summary, std::string_view example, std::vector<Type> parameters,
                        Type result, KernelPtr (*make)(Type result, Arguments arguments));

/// Thrown by a `make` that needs a constant and finds it wanting; the binder adds the place.
class BadArgument : public std::runtime_error {
 public:
  BadArgument(std::size_t argument, const std::string& message, std::string mend)
      : std::runtime_error(message), argument_(argument), mend_(std::move(mend)) {}
  std::size_t argument() const noexcept { return argument_; }
  const std::string& mend() const noexcept { return mend_; }

 private:
  std::size_t argument_;
  std::string mend_;
};

class FunctionTable {
 public:
  static const FunctionTable& builtin();

  void add(Function function);
  /// Adds all forms of `name` under another name.
  void add_alias(std::string_view alias, std::string_view name, std::string_view usage,
                 std::string_view example);
  /// The forms of a function, in the order they were added. Requires the name in small letters.
  std::vector<const Function*> find(std::string_view name) const;
  /// All names that are written as functions, sorted; operators are none.
  std::vector<std::string> function_names() const;
  const std::multimap<std::string_view, Function>& all() const noexcept { return functions_; }

 private:
  std::multimap<std::string_view, Function> functions_;
};

/// "round(int64) or round(double)": what the forms take, for a mend.
std::string signatures(const std::vector<const Function*>& forms);

// Each file of functions adds its own.
void add_arithmetic(FunctionTable& table);
void add_date_arithmetic(FunctionTable& table);
void add_comparisons(FunctionTable& table);
void add_logic(FunctionTable& table);
void add_conditionals(FunctionTable& table);
void add_numeric_functions(FunctionTable& table);
void add_string_functions(FunctionTable& table);
void add_string_parts(FunctionTable& table);
void add_regular_expressions(FunctionTable& table);
void add_mathematics(FunctionTable& table);
void add_bit_functions(FunctionTable& table);
void add_hash(FunctionTable& table);
void add_time_functions(FunctionTable& table);
void add_time_differences(FunctionTable& table);
void add_time_making(FunctionTable& table);
void add_time_formats(FunctionTable& table);
void add_interval_arithmetic(FunctionTable& table);

}  // namespace weir::expressions
