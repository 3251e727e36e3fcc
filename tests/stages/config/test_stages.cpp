#include "tests/stages/config/test_stages.hpp"

#include "weir/record_batch.hpp"

namespace weir::test {
namespace {

class NoSource final : public Source {
 public:
  std::optional<Work> next() override { return std::nullopt; }
  std::string position() const override { return {}; }
  void seek(const std::string& /*position*/) override {}
};

class PassOn final : public Transform {
 public:
  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    out.emit(input.batch);
    return kDone;
  }
};

class NoSink final : public Sink {
 public:
  void write(const Batch& /*encoded*/, Emitter& /*out*/) override {}
};

StageSpec source_spec() {
  return {.body = SourceSpec{[] { return std::make_unique<NoSource>(); }, {}}};
}
StageSpec transform_spec() {
  return {.body = TransformSpec{[] { return std::make_unique<PassOn>(); }, {}}};
}
StageSpec sink_spec() {
  return {.body = SinkSpec{[] { return std::make_unique<NoSink>(); }, {}}};
}

// A plan as configured by functions: tests of the loader care for what it says, not for what it does.
class TestPlan : public StagePlan {
 public:
  explicit TestPlan(StageSpec (*spec)()) : spec_(spec) {}
  StageSpec make() const override { return spec_(); }

 private:
  StageSpec (*spec_)();
};

std::optional<Field> bind_one(const ConfiguredExpression& configured, const Schema& schema,
                              const VariableLookup& variables, Problems& problems) {
  try {
    return configured.expression.bind(schema, variables).field(configured.name);
  } catch (const ExpressionError& error) {
    report(problems, configured, error);
    return std::nullopt;
  }
}

class TablePlan final : public TestPlan {
 public:
  explicit TablePlan(const Options& options) : TestPlan(source_spec) {
    for (const auto& [name, type] : options.types("columns"))
      fields_.push_back({name, type});
  }
  std::vector<Schema> bind(std::span<const Schema> /*inputs*/, Problems& /*problems*/) override {
    return {Schema(fields_)};
  }

 private:
  std::vector<Field> fields_;
};

class KeepPlan final : public TestPlan {
 public:
  explicit KeepPlan(const Options& options)
      : TestPlan(transform_spec), where_(options.expression("where")), variables_(options.variables()) {}
  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    inputs_.assign(inputs.begin(), inputs.end());
    if (where_) bind_one(*where_, inputs[0], variables_, problems);
    return {inputs[0], inputs[0]};
  }

 private:
  std::optional<ConfiguredExpression> where_;
  VariableLookup variables_;
};

class ShapePlan final : public TestPlan {
 public:
  explicit ShapePlan(const Options& options)
      : TestPlan(transform_spec), columns_(options.expressions("columns")), variables_(options.variables()) {}
  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    inputs_.assign(inputs.begin(), inputs.end());
    std::vector<Field> fields;
    for (const ConfiguredExpression& column : columns_) {
      if (auto field = bind_one(column, inputs[0], variables_, problems)) fields.push_back(std::move(*field));
    }
    return {Schema(std::move(fields))};
  }

 private:
  std::vector<ConfiguredExpression> columns_;
  VariableLookup variables_;
};

class MatchPlan final : public TestPlan {
 public:
  explicit MatchPlan(const Options& options) : TestPlan(transform_spec) { options.name_map("on"); }
  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    inputs_.assign(inputs.begin(), inputs.end());
    std::vector<Field> fields = inputs[0].fields();
    fields.insert(fields.end(), inputs[1].begin(), inputs[1].end());
    return {Schema(std::move(fields))};
  }
};

class OrderPlan final : public TestPlan {
 public:
  explicit OrderPlan(const Options& options)
      : TestPlan(transform_spec), keys_(options.sort_keys("by")), variables_(options.variables()) {
    options.count("limit");
  }
  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    inputs_.assign(inputs.begin(), inputs.end());
    for (const SortKey& key : keys_)
      bind_one(key.expression, inputs[0], variables_, problems);
    return {inputs[0]};
  }

 private:
  std::vector<SortKey> keys_;
  VariableLookup variables_;
};

class StorePlan final : public TestPlan {
 public:
  explicit StorePlan(const Options& options) : TestPlan(sink_spec) {
    options.path("path");
    options.choice("mode", {"replace", "append", "new"});
    options.boolean("header");
    options.character("delimiter");
  }
  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    inputs_.assign(inputs.begin(), inputs.end());
    return {};
  }
};

template <class Plan>
std::unique_ptr<StagePlan> plan(const Options& options) {
  return std::make_unique<Plan>(options);
}

StageRegistry make_registry() {
  const PortDescription in{"in", "records"};
  const PortDescription out{"out", "records"};
  StageRegistry registry;
  registry.add({"table",
                "A source.",
                "",
                "",
                {},
                {out},
                {{"columns", "types", true, "Names and types.", ""}},
                plan<TablePlan>});
  registry.add({"keep",
                "A filter.",
                "",
                "",
                {in},
                {out, {"rest", "the others", true}},
                {{"where", "expression", true, "What to keep.", ""}},
                plan<KeepPlan>});
  registry.add({"shape",
                "A select.",
                "",
                "",
                {in},
                {out},
                {{"columns", "expressions", true, "What to give out.", ""}},
                plan<ShapePlan>});
  registry.add({"match",
                "A join.",
                "",
                "",
                {{"left", "records"}, {"right", "records", false, true}},
                {out},
                {{"on", "names", true, "Which columns match.", ""}},
                plan<MatchPlan>});
  registry.add(
      {"order",
       "A sort.",
       "",
       "",
       {in},
       {out},
       {{"by", "sort keys", true, "What comes first.", ""}, {"limit", "count", false, "How many.", ""}},
       plan<OrderPlan>});
  registry.add({"store",
                "A sink.",
                "",
                "",
                {in},
                {},
                {{"path", "path", true, "Where to.", ""},
                 {"mode", "one of: replace, append, new", false, "What of a file that is there.", "replace"},
                 {"header", "bool", false, "Whether to write names.", "true"},
                 {"delimiter", "character", false, "Between fields.", ","}},
                plan<StorePlan>});
  return registry;
}

}  // namespace

const StageRegistry& registry() {
  static const StageRegistry registry = make_registry();
  return registry;
}

}  // namespace weir::test
