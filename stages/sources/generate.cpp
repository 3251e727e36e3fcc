// generate: records that are computed from their number and a seed.

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/projection.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

/// Rows in one piece of work.
constexpr std::uint64_t kPieceRows = std::uint64_t{1} << 16;
constexpr std::uint64_t kBatchRows = 4096;
constexpr std::uint64_t kRowsMax = std::uint64_t{1} << 53;  // so that `row` as a double is exact

// What expressions see: the number of the row, and columns of random numbers.
enum BaseColumn : std::size_t { kRow, kRandom, kRandom2, kRandom3, kBaseColumns };

Schema base_schema() {
  return Schema({{"row", Type::int64},
                 {"random", Type::float64},
                 {"random2", Type::float64},
                 {"random3", Type::float64}});
}

// The finaliser of splitmix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
// 2014): each row's numbers follow from its place alone, so that any thread may make any of them.
std::uint64_t mix(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

// From 0 to below 1, in 53 bits.
double random_number(std::uint64_t seed, std::uint64_t row, std::uint64_t column) noexcept {
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15u;
  const std::uint64_t bits = mix(mix(seed + kGolden * column) + kGolden * row);
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// Rows [begin, begin + count), counted from 1.
class Numbers final : public Payload {
 public:
  Numbers(std::uint64_t begin, std::uint64_t count) : begin_(begin), count_(count) {}

  std::uint64_t begin() const noexcept { return begin_; }
  std::uint64_t count() const noexcept { return count_; }

  std::size_t rows() const noexcept override { return 1; }
  std::size_t bytes() const noexcept override { return sizeof *this; }
  Batch slice(std::size_t /*offset*/, std::size_t /*count*/) const override {
    return std::make_shared<Numbers>(*this);
  }
  std::shared_ptr<Payload> clone() const override { return std::make_shared<Numbers>(*this); }
  std::string describe(std::size_t /*row*/) const override {
    return "rows " + std::to_string(begin_) + " to " + std::to_string(begin_ + count_ - 1);
  }

 private:
  std::uint64_t begin_;
  std::uint64_t count_;
};

// What a generator was configured to do. Immutable.
struct Generating {
  std::uint64_t rows = 0;
  std::uint64_t seed = 0;
  Projection projection;
  Needs base_needs;
  std::shared_ptr<const std::string> input;  ///< the stage's name, as the origin of its records
};

class GenerateSource final : public Source {
 public:
  explicit GenerateSource(std::shared_ptr<const Generating> generating)
      : generating_(std::move(generating)) {}

  std::optional<Work> next() override {
    if (done_ == generating_->rows) return std::nullopt;
    const std::uint64_t count = std::min(kPieceRows, generating_->rows - done_);
    Work work{std::make_shared<Numbers>(done_ + 1, count), {generating_->input, 0, done_ + 1}};
    done_ += count;
    return work;
  }

  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override {
    const auto& numbers = static_cast<const Numbers&>(*work);
    const std::uint64_t count = std::min(kBatchRows, numbers.count() - at);
    const auto base = base_rows(numbers.begin() + at, static_cast<std::size_t>(count));
    RowErrors errors;
    std::vector<ColumnPtr> columns = generating_->projection.evaluate(*base, errors);
    auto kept = std::make_shared<std::vector<std::uint32_t>>();
    for (std::size_t row = 0; row < count; ++row)
      if (!errors.contains(row)) kept->push_back(static_cast<std::uint32_t>(row));
    for (const RowErrors::Entry& failed : errors.entries())
      out.reject(base, failed.physical_row, {ErrorClass::data, failed.message, {}, nullptr});
    if (!kept->empty())
      out.emit(std::make_shared<RecordBatch>(
          generating_->projection.schema(), std::move(columns),
          errors.empty() ? RowSet::range(0, static_cast<std::size_t>(count)) : RowSet::list(std::move(kept)),
          base->origins()));
    return at + count < numbers.count() ? at + count : kDone;
  }

  std::string position() const override { return std::to_string(done_); }
  void seek(const std::string& position) override {
    const char* const end = position.data() + position.size();
    std::uint64_t done = 0;
    const auto [stopped, error] = std::from_chars(position.data(), end, done);
    if (error != std::errc() || stopped != end || done > generating_->rows)
      throw UsageError("not a position of a generator of " + std::to_string(generating_->rows) + " rows: '" +
                       position + "'");
    done_ = done;
  }

 private:
  // The columns that the expressions read; all of them where a record is refused and described.
  std::shared_ptr<const RecordBatch> base_rows(std::uint64_t first, std::size_t count) const {
    static const auto schema = std::make_shared<const Schema>(base_schema());
    ColumnBuilder rows(Type::int64, count);
    for (std::size_t i = 0; i < count; ++i)
      rows.values<std::int64_t>()[i] = static_cast<std::int64_t>(first + i);
    std::vector<ColumnPtr> columns{std::move(rows).finish()};
    for (std::size_t column = kRandom; column < kBaseColumns; ++column)
      columns.push_back(random_column(first, count, column));
    auto origins = std::make_shared<const OriginFinder>([input = generating_->input, first](std::size_t row) {
      return Origin{input, 0, first + row};
    });
    return std::make_shared<RecordBatch>(schema, std::move(columns), RowSet::range(0, count),
                                         std::move(origins));
  }

  ColumnPtr random_column(std::uint64_t first, std::size_t count, std::size_t column) const {
    ColumnBuilder numbers(Type::float64, count);
    if (generating_->base_needs[column] != Need::none)
      for (std::size_t i = 0; i < count; ++i)
        numbers.values<double>()[i] = random_number(generating_->seed, first + i, column);
    return std::move(numbers).finish();
  }

  const std::shared_ptr<const Generating> generating_;
  std::uint64_t done_ = 0;
};

class GeneratePlan final : public StagePlan {
 public:
  explicit GeneratePlan(const Options& options)
      : set_(options.expressions("set")), variables_(options.variables()) {
    generating_.input = std::make_shared<const std::string>(options.stage());
    generating_.rows = options.count("rows").value_or(0);
    generating_.seed = options.count("seed").value_or(0);
    if (generating_.rows > kRowsMax)
      options.problem("rows", "that are more rows than " + std::to_string(kRowsMax));
    if (options.has("set") && set_.empty()) return;
    if (set_.empty()) set_.push_back({"row", Expression::parse("row"), {}, options.stage() + ".set", "row"});
  }

  std::vector<Schema> bind(std::span<const Schema> /*inputs*/, Problems& problems) override {
    generating_.projection = Projection::bind(base_schema(), set_, Projection::Output::computed,
                                              Projection::Sees::earlier, variables_, problems);
    return {*generating_.projection.schema()};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    generating_.base_needs = generating_.projection.keep_needed(outputs.front());
    return {};
  }

  StageSpec make() const override {
    SourceSpec source;
    source.make = [generating = std::make_shared<const Generating>(generating_)] {
      return std::make_unique<GenerateSource>(generating);
    };
    StageSpec spec;
    spec.body = std::move(source);
    return spec;
  }

 private:
  std::vector<ConfiguredExpression> set_;
  VariableLookup variables_;
  Generating generating_;
};

std::unique_ptr<StagePlan> plan_generate(const Options& options) {
  return std::make_unique<GeneratePlan>(options);
}

}  // namespace

StageDescription describe_generate() {
  StageDescription description;
  description.type = "generate";
  description.summary = "Makes records up: for trying a pipeline out, and for measuring one.";
  description.details =
      "Expressions see `row`, which counts from 1, and `random`, `random2` and `random3`, numbers from 0 to "
      "below 1 that are independent of one another; later expressions see earlier ones. The same seed gives "
      "the same records, whatever the number of threads. Without `set:` the column is `row`.";
  description.example =
      "type: generate\nrows: 1000000\nset:\n  id: row\n  delay: cast(floor(random * 180) as int64) - 20\n";
  description.outputs = {{"out", "the records, by their number"}};
  description.options = {
      {"rows", "count", true, "How many records to make.", ""},
      {"set", "expressions", false, "A map from names to expressions in SQL: the columns.", ""},
      {"seed", "count", false, "Another seed gives other random numbers.", "0"},
  };
  description.plan = plan_generate;
  return description;
}

}  // namespace weir
