// fill: puts values where there are NULLs.

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/records/null_column.hpp"
#include "stages/transforms/column_names.hpp"
#include "stages/transforms/failed_rows.hpp"
#include "stages/transforms/projection.hpp"

namespace weir {
namespace {

constexpr std::string_view kPrevious = "previous";

// One column that is filled.
struct Filled {
  std::size_t column = 0;
  std::optional<BoundExpression> with;  ///< nothing: the value before it
};

struct Filling {
  std::vector<Filled> columns;
  std::shared_ptr<const Schema> schema;

  bool looks_back() const noexcept {
    return std::any_of(columns.begin(), columns.end(), [](const Filled& each) { return !each.with; });
  }
};

// The last value of each column that is filled with it: a column of one row, null before there is any.
struct LastValues final : State {
  std::vector<ColumnPtr> columns;
};

RowSet null_rows(const RowSet& rows, const Column& column) {
  auto nulls = std::make_shared<std::vector<std::uint32_t>>();
  if (column.has_nulls()) {
    rows.for_each([&](std::size_t row) {
      if (!column.is_valid(row)) nulls->push_back(static_cast<std::uint32_t>(row));
    });
  }
  return RowSet::list(std::move(nulls));
}

// A value to fill a row with: which row of a column, which outlives the result; no column: NULL.
struct Replacement {
  const Column* column = nullptr;
  std::size_t row = 0;
};

// `column` with the values that `replace(row)` gives at some rows, all of which are NULL.
template <class T, class Replace>
ColumnPtr filled_as(const Column& column, const RowSet& nulls, Replace replace) {
  ColumnBuilder builder(column.type(), column.size());
  std::memcpy(builder.values<T>(), column.values<T>(), column.size() * sizeof(T));
  builder.keep(column);
  std::vector<bool> replaced(column.size(), false);
  nulls.for_each([&](std::size_t row) {
    const Replacement value = replace(row);
    if (value.column == nullptr || !value.column->is_valid(value.row)) return;
    if (value.column != &column) builder.keep(*value.column);
    builder.values<T>()[row] = value.column->values<T>()[value.row];
    replaced[row] = true;
  });
  for (std::size_t row = 0; row < column.size(); ++row)
    if (!column.is_valid(row) && !replaced[row]) builder.set_null(row);
  return std::move(builder).finish();
}

template <class Replace>
ColumnPtr filled(const Column& column, const RowSet& nulls, Replace replace) {
  switch (value_width(column.type(), Encoding::values)) {
    case sizeof(StringSlot):
      return filled_as<StringSlot>(column, nulls, replace);
    case sizeof(std::uint8_t):
      return filled_as<std::uint8_t>(column, nulls, replace);
    default:
      return filled_as<std::int64_t>(column, nulls, replace);
  }
}

ColumnPtr copy_of_value(const Column& column, std::size_t row) {
  ColumnBuilder builder(column.type(), 1);
  if (column.type() == Type::string) {
    builder.set_copy(0, column.text(row));
  } else {
    const std::size_t width = value_width(column.type(), Encoding::values);
    std::memcpy(builder.values<char>(), column.values<char>() + row * width, width);
  }
  return std::move(builder).finish();
}

class FillTransform final : public Transform {
 public:
  explicit FillTransform(std::shared_ptr<const Filling> filling) : filling_(std::move(filling)) {}

  std::unique_ptr<State> make_state() const override {
    if (!filling_->looks_back()) return nullptr;
    auto last = std::make_unique<LastValues>();
    last->columns.resize(filling_->columns.size());
    return last;
  }

  Cursor process(const Input& input, State* state, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors errors;
    std::vector<ColumnPtr> columns = batch.columns();
    std::vector<ColumnPtr> last;
    if (state != nullptr) last = static_cast<LastValues*>(state)->columns;
    for (std::size_t i = 0; i < filling_->columns.size(); ++i) {
      const Filled& each = filling_->columns[i];
      if (each.with) {
        columns[each.column] = fill_with(*each.with, batch, each.column, errors);
      } else {
        columns[each.column] = fill_with_last(batch, each.column, last[i]);
      }
    }
    const RowSet rows = reject_failed_rows(batch.row_set(), errors, out);
    if (rows.size() > 0) out.emit(batch.with_columns(filling_->schema, std::move(columns))->with_rows(rows));
    if (state != nullptr) static_cast<LastValues*>(state)->columns = std::move(last);
    return kDone;
  }

 private:
  // The expression is computed only where it is needed. A column that has no value, and no type of its own,
  // takes that of the expression.
  ColumnPtr fill_with(const BoundExpression& with, const RecordBatch& batch, std::size_t index,
                      RowErrors& errors) const {
    const Type type = (*filling_->schema)[index].type;
    ColumnPtr column = batch.columns()[index];
    if (column->type() != type) column = null_column(type, batch.physical_rows());
    const RowSet nulls = null_rows(batch.row_set(), *column);
    if (nulls.size() == 0) return column;
    const ColumnPtr values = with.evaluate(*batch.with_rows(nulls), errors);
    return filled(*column, nulls, [&](std::size_t row) { return Replacement{values.get(), row}; });
  }

  // `last`: of the batches before this one, and then with it.
  static ColumnPtr fill_with_last(const RecordBatch& batch, std::size_t index, ColumnPtr& last) {
    const ColumnPtr& column = batch.columns()[index];
    const ColumnPtr before = last;
    Replacement newest{before.get(), 0};
    std::vector<std::pair<std::size_t, Replacement>> replacements;
    batch.row_set().for_each([&](std::size_t row) {
      if (column->is_valid(row)) {
        newest = {column.get(), row};
      } else if (newest.column != nullptr) {
        replacements.emplace_back(row, newest);
      }
    });
    if (newest.column == column.get()) last = copy_of_value(*column, newest.row);
    if (replacements.empty()) return column;
    auto next = replacements.begin();
    return filled(*column, null_rows(batch.row_set(), *column), [&](std::size_t row) {
      return next != replacements.end() && next->first == row ? (next++)->second : Replacement{};
    });
  }

  std::shared_ptr<const Filling> filling_;
};

class FillPlan final : public StagePlan {
 public:
  explicit FillPlan(const Options& options) : variables_(options.variables()) {
    const ConfigValue* columns = options.value("columns");
    if (columns == nullptr) return;
    if (columns->kind != ConfigValue::Kind::map || columns->entries.empty()) {
      options.problem("columns", "this wants columns with what they are filled with",
                      "write {column: expression} or {column: previous}");
      return;
    }
    for (ConfiguredExpression& each : options.expressions("columns")) {
      for (std::size_t i = 0; i < columns->entries.size(); ++i) {
        if (columns->entries[i].key == each.name)
          configured_.push_back({name_of_entry(*columns, i, options.stage() + ".columns"), std::move(each)});
      }
    }
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override {
    filling_ = {};
    std::vector<Field> fields = inputs[0].fields();
    for (const Configured& each : configured_) {
      const auto column = find_column(each.name, inputs[0], problems);
      if (!column) continue;
      if (each.with.written == kPrevious) {
        filling_.columns.push_back({*column, std::nullopt});
      } else {
        bind_one(each, *column, inputs[0], fields[*column], problems);
      }
    }
    filling_.schema = std::make_shared<const Schema>(std::move(fields));
    return {*filling_.schema};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    Needs needs = outputs[0];
    std::erase_if(filling_.columns,
                  [&](const Filled& each) { return outputs[0][each.column] == Need::none; });
    for (const Filled& each : filling_.columns) {
      needs[each.column] = Need::value;
      if (each.with) add_needs(*each.with, Need::value, needs);
    }
    return {std::move(needs)};
  }

  StageSpec make() const override {
    StageSpec spec;
    const auto concurrency = filling_.looks_back() ? Concurrency::serial : Concurrency::stateless;
    spec.body = TransformSpec{[shared = std::make_shared<const Filling>(filling_)] {
                                return std::make_unique<FillTransform>(shared);
                              },
                              {.concurrency = concurrency, .maps_records = true}};
    return spec;
  }

 private:
  struct Configured {
    ConfiguredName name;
    ConfiguredExpression with;
  };

  void bind_one(const Configured& each, std::size_t column, const Schema& input, Field& field,
                Problems& problems) {
    try {
      const BoundExpression bound = each.with.expression.bind(input, variables_);
      const auto with = field.always_null ? std::optional(bound) : bound.as(field.type);
      if (!with) {
        const std::string type(to_string(field.type));
        problems.add({each.with.where, each.with.field,
                      "`" + field.name + "` is " + type + ", and is to be filled with a " +
                          std::string(to_string(bound.type())) + ": " + each.with.written,
                      "write cast(" + each.with.written + " as " + type + ")", each.with.written.size()});
        return;
      }
      if (field.always_null) field = with->field(field.name);
      filling_.columns.push_back({column, *with});
    } catch (const ExpressionError& error) {
      report(problems, each.with, error);
    }
  }

  std::vector<Configured> configured_;
  VariableLookup variables_;
  Filling filling_;
};

std::unique_ptr<StagePlan> plan_fill(const Options& options) { return std::make_unique<FillPlan>(options); }

}  // namespace

StageDescription describe_fill() {
  StageDescription description;
  description.type = "fill";
  description.summary = "Puts values where there are NULLs.";
  description.details =
      "A column is filled with an expression over the record as it came, computed only where the column is "
      "NULL, or, "
      "with `previous`, with the last value before it in the order of the input; records before the first "
      "value "
      "stay NULL. A column of the name `previous` is written \"previous\". Expressions hold nothing; "
      "`previous` "
      "holds one value a column, and takes the records one batch after another.";
  description.example = "type: fill\ncolumns:\n  delay: 0\n  carrier: previous\n";
  description.inputs = {{"in", "the records with NULLs"}};
  description.outputs = {{"out", "the same records with fewer of them"}};
  description.options = {
      {"columns", "expressions", true, "A map from columns to expressions in SQL, or `previous`.", ""}};
  description.plan = plan_fill;
  return description;
}

}  // namespace weir
