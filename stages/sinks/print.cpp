// print: the first records as an aligned table on standard output.

#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/formats/table_writer.hpp"
#include "stages/sinks/output_file.hpp"

namespace weir {
namespace {

constexpr std::uint64_t kLimitDefault = 40;

class Print final : public Sink {
 public:
  Print(const Schema& schema, std::size_t limit) : table_(schema, limit) {}

  void open() override { output_.open(); }
  void adopt(Sink& failed) override {
    auto& other = static_cast<Print&>(failed);
    output_.adopt(other.output_);
    table_ = std::move(other.table_);
  }
  // Records are laid out as they come, since few are kept: `encode` leaves them as they are.
  void write(const Batch& batch, Emitter& /*out*/) override { table_.add(as_records(batch)); }
  /// A table that nobody reads any more is no failure.
  void commit() override { output_.write(table_.layout()); }

 private:
  OutputFile output_{"-"};
  TableWriter table_;
};

class PrintPlan final : public StagePlan {
 public:
  explicit PrintPlan(const Options& options) {
    constexpr std::uint64_t kLimitMax = std::numeric_limits<std::size_t>::max();
    limit_ = static_cast<std::size_t>(std::min(options.count("limit").value_or(kLimitDefault), kLimitMax));
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    inputs_.assign(inputs.begin(), inputs.end());
    return {};
  }

  StageSpec make() const override {
    SinkSpec sink;
    sink.make = [schema = inputs_.front(), limit = limit_] { return std::make_unique<Print>(schema, limit); };
    StageSpec spec;
    spec.body = std::move(sink);
    return spec;
  }

 private:
  std::size_t limit_ = 0;
};

std::unique_ptr<StagePlan> plan_print(const Options& options) { return std::make_unique<PrintPlan>(options); }

}  // namespace

StageDescription describe_print() {
  StageDescription description;
  description.type = "print";
  description.summary = "Prints the first records as a table.";
  description.details =
      "The table appears on standard output when the whole run has succeeded. Numbers stand to the right, "
      "text to the "
      "left; long text is cut. Use `write_csv` with `path: '-'` for output that a program reads.";
  description.example = "type: print\nlimit: 10\n";
  description.inputs = {{"in", "the records"}};
  description.options = {
      {"limit", "count", false, "How many records to show; the others are counted.",
       std::to_string(kLimitDefault)},
  };
  description.plan = plan_print;
  return description;
}

}  // namespace weir
