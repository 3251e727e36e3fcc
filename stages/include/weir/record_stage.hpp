// What an author of stages writes: a description, and a plan.
//
// A *plan* is a stage as configured, before anything runs: it reads its options, is bound to the schemas of
// its inputs, says which columns it needs, and then makes the `StageSpec` whose factories build the
// incarnations. Plans are used by one thread and do no I/O, save that a reader's plan sniffs its file for a
// schema.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/graph.hpp"
#include "weir/options.hpp"
#include "weir/schema.hpp"

namespace weir {

/// How much of a column somebody downstream needs.
enum class Need : unsigned char {
  none,   ///< nobody reads it: it may be null in batches
  text,   ///< only its bytes, to write them again: it may come with Encoding::text
  value,  ///< its value: it comes with Encoding::values
};
/// One a column of a schema.
using Needs = std::vector<Need>;

/// A record as a reader read it, and where.
struct RawRecord {
  std::string text;
  Origin origin;
};

/// A stage of a config between its options and its running form: what it takes, gives and needs. One thread.
class StagePlan {
 public:
  virtual ~StagePlan() = default;

  /// Takes the inputs' schemas, one an input port of the description, and gives those of the output ports
  /// (`errors` aside). Adds to `problems` what does not fit; what it then returns is used to find further
  /// problems.
  virtual std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) = 0;

  /// After bind: given what is needed of each output (same order as bind's result; none is empty), says what
  /// is needed of each input. By default everything as values. May keep what it hears, so that `make` leaves
  /// out work.
  virtual std::vector<Needs> needs(std::span<const Needs> outputs);

  /// After bind and needs, once: the engine's form of the stage. The caller fills in name, type and policy;
  /// ports come from the description. The spec's factories outlive the plan.
  virtual StageSpec make() const = 0;

  /// Of a reader: its stage for these records alone, in place of its input, with the same options and types.
  /// After needs. By default nothing: the stage does not know its records by their text.
  virtual std::optional<StageSpec> make_for(const std::vector<RawRecord>& records) const;

 protected:
  std::vector<Schema> inputs_;  ///< for the default of `needs`: a bind that wants it keeps its inputs here
};

/// One option of a stage, as `weir stages NAME` tells it and the config is checked by it.
struct OptionDescription {
  std::string name;
  std::string kind;  ///< "path", "expression", "expressions", "count", "bool", "types", "one of: a, b" ...
  bool required = false;
  std::string summary;   ///< one sentence
  std::string standard;  ///< the default as a config would write it; empty: none
};

/// One input or output of a stage type.
struct PortDescription {
  std::string name;
  std::string summary;
  bool optional = false;  ///< of outputs: may be left unread; of inputs: unused
  bool retained = false;  ///< of inputs: read to its end before the others begin
};

/// Everything that is said of a stage type: the same for help, checks, references and tests.
struct StageDescription {
  std::string type;
  std::string summary;                   ///< one sentence
  std::string details;                   ///< a paragraph or two; may be empty
  std::string example;                   ///< the stage in a config, as YAML, without `- `
  std::vector<PortDescription> inputs;   ///< none: a source
  std::vector<PortDescription> outputs;  ///< none: a sink
  std::vector<OptionDescription> options;
  std::function<std::unique_ptr<StagePlan>(const Options& options)> plan = nullptr;
  /// The option whose keys name further outputs, in their order before `outputs`; empty: none. A stage that
  /// has them has no main output: whoever reads from it names the port.
  std::string outputs_named_by = {};

  bool is_source() const noexcept { return inputs.empty(); }
  bool is_sink() const noexcept { return outputs.empty(); }
};

/// The stage types by name. Filled once, then only read, from any thread. A program's own types go into a
/// copy:
///
///     weir::StageRegistry registry = weir::StageRegistry::builtin();
///     registry.add(weir::map_records("add_tax", ...));  // weir/typed_stages.hpp
class StageRegistry {
 public:
  /// All stages of this library, from the one explicit list in stages/builtin_stages.cpp.
  static const StageRegistry& builtin();

  /// Throws UsageError when the name is taken.
  void add(StageDescription description);
  /// Null when there is none.
  const StageDescription* find(std::string_view type) const noexcept;
  std::vector<std::string> names() const;  ///< in the order they were added
  const std::vector<StageDescription>& all() const noexcept { return descriptions_; }

 private:
  std::vector<StageDescription> descriptions_;
};

}  // namespace weir
