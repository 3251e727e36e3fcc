// sample: some of the records, chosen by chance that can be repeated.

#include <limits>
#include <optional>
#include <utility>

#include "stages/builtin_stages.hpp"
#include "stages/transforms/best_stage.hpp"
#include "stages/transforms/condition.hpp"

namespace weir {
namespace {

// The finalizer of splitmix64 (Steele, Lea and Flood 2014). Unlike the hashes of keys it decides what comes
// out, so it stays as it is: a seed gives the same sample in later versions.
std::uint64_t mixed(std::uint64_t word) noexcept {
  word += 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

// What chance says of a record follows from the seed, the piece of work and the row in it: not from when a
// worker sees it, nor from the parts in which a piece comes where some of it was tried again.
class Chance {
 public:
  Chance(std::uint64_t seed, const Place& place) noexcept
      : batch_(mixed(mixed(mixed(seed) + place.sequence) + place.source)) {}
  std::uint64_t of(std::size_t row) const noexcept { return mixed(batch_ + row); }

 private:
  std::uint64_t batch_;
};

class ShareTransform final : public Transform {
 public:
  ShareTransform(double share, std::uint64_t seed) : share_(share), seed_(seed) {}

  Cursor process(const Input& input, State* /*state*/, Emitter& out) override {
    constexpr double kOutcomes = 18446744073709551616.0;  // 2^64
    const RecordBatch& batch = as_records(input.batch);
    const Chance chance(seed_, input.place);
    const bool all = share_ >= 1;
    const auto below = all ? 0 : static_cast<std::uint64_t>(share_ * kOutcomes);
    std::vector<std::uint32_t> rows;
    batch.row_set().for_each([&](std::size_t row) {
      if (all || chance.of(row) < below) rows.push_back(static_cast<std::uint32_t>(row));
    });
    if (rows.size() < batch.rows()) out.filtered(batch.rows() - rows.size());
    if (!rows.empty()) out.emit(with_row_list(batch, std::move(rows)));
    return kDone;
  }

 private:
  double share_;
  std::uint64_t seed_;
};

ColumnPtr chances(const RecordBatch& batch, const Place& place, std::uint64_t seed) {
  const Chance chance(seed, place);
  ColumnBuilder builder(Type::int64, batch.physical_rows());
  batch.row_set().for_each([&](std::size_t row) {
    builder.values<std::int64_t>()[row] = static_cast<std::int64_t>(chance.of(row));
  });
  return std::move(builder).finish();
}

class SamplePlan final : public StagePlan {
 public:
  explicit SamplePlan(const Options& options)
      : rows_(options.count("rows")),
        share_(options.share("share")),
        seed_(options.count("seed").value_or(0)) {
    if (options.has("rows") == options.has("share")) {
      options.problem("share", "a sample has either so many `rows` or a `share` of all",
                      "write one of them: `rows: 1000` or `share: 1%`");
    }
  }

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& /*problems*/) override {
    best_ = {};
    best_.make_key = [seed = seed_](const RecordBatch& batch, const Place& place) {
      return chances(batch, place, seed);
    };
    constexpr std::uint64_t kRowsMax = std::numeric_limits<std::uint32_t>::max();
    best_.spec.limit = static_cast<std::size_t>(std::min(rows_.value_or(0), kRowsMax));
    best_.settle(inputs[0], {false});
    return {inputs[0]};
  }

  std::vector<Needs> needs(std::span<const Needs> outputs) override {
    return {best_.keep_needed(outputs[0])};
  }

  StageSpec make() const override {
    if (!share_) return best_.make();
    StageSpec spec;
    spec.body = TransformSpec{
        [share = *share_, seed = seed_] { return std::make_unique<ShareTransform>(share, seed); },
        {.concurrency = Concurrency::stateless, .maps_records = true}};
    return spec;
  }

 private:
  std::optional<std::uint64_t> rows_;
  std::optional<double> share_;
  std::uint64_t seed_;
  BestStage best_;  ///< with `rows`: those to which chance gives the smallest numbers
};

std::unique_ptr<StagePlan> plan_sample(const Options& options) {
  return std::make_unique<SamplePlan>(options);
}

}  // namespace

StageDescription describe_sample() {
  StageDescription description;
  description.type = "sample";
  description.summary = "Passes on some of the records, chosen by chance.";
  description.details =
      "Either `rows` of them, or each with the probability `share`. The same input, config and seed give the "
      "same "
      "sample, whatever the number of threads, in the order of the input. A share streams and holds nothing; "
      "`rows` "
      "keeps twice so many in memory at most, and gives them out at the end.";
  description.example = "type: sample\nshare: 1%\nseed: 7\n";
  description.inputs = {{"in", "all records"}};
  description.outputs = {{"out", "some of them"}};
  description.options = {{"rows", "count", false, "How many records come out, where there are so many.", ""},
                         {"share", "share", false, "The share of all that comes out: 1% or 0.01.", ""},
                         {"seed", "count", false, "Another seed gives another sample.", "0"}};
  description.plan = plan_sample;
  return description;
}

}  // namespace weir
