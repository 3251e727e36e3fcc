// What is behind weir::map_records: the loop that calls a program's callable with the records of a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/chunk.hpp"
#include "weir/context.hpp"
#include "weir/error.hpp"
#include "weir/flow/callee.hpp"
#include "weir/record_fields.hpp"
#include "weir/record_stage.hpp"
#include "weir/transform.hpp"

namespace weir::detail {

/// How a map is bound to its input.
struct MapColumns {
  std::vector<std::size_t> read;         ///< where the members of In are read from
  std::vector<std::size_t> written;      ///< where those of Out come to stand
  std::vector<bool> wanted;              ///< whether somebody reads that column of Out
  std::shared_ptr<const Schema> output;  ///< of what it gives out
};

using MapMaker = std::function<std::unique_ptr<Transform>(const MapColumns& columns)>;

struct ItemMap {
  std::string type;
  FieldList in;
  FieldList out;
  std::function<MapMaker(const Options& options)> configure;
};
StageDescription describe(ItemMap map);

/// What a call of a map tells: the physical rows for which there are results.
class MapOutput {
 public:
  MapOutput(const RecordBatch& batch, Emitter& out) : batch_(batch), out_(out) {
    kept_.reserve(batch.rows());
  }

  void keep(std::size_t row) { kept_.push_back(static_cast<std::uint32_t>(batch_.row_set()[row])); }
  void leave_out() noexcept { ++left_out_; }
  /// Refuses the record if it is among `unread`; whether it is.
  bool refuse_unread(std::size_t row, const RowErrors& unread);
  ItemVerdict failed(std::size_t row) { return out_.failed(row, describe_current_exception()); }

  /// Gives out the batch with the columns of the results: one a row that was kept. `results` keeps them
  /// alive.
  void emit(const MapColumns& columns, const FieldList& fields, const Members& members, const Batch& results);

 private:
  /// Refuses the records whose results do not fit a column.
  RowSet without_refused(const RowSet& rows, const RowErrors& errors);

  const RecordBatch& batch_;
  Emitter& out_;
  std::vector<std::uint32_t> kept_;
  std::size_t left_out_ = 0;
};

template <class In, class Out, class Callee>
class MapTransform final : public Transform {
 public:
  MapTransform(MapColumns columns, RecordFields<In> in, RecordFields<Out> out, const Callee& callee)
      : columns_(std::move(columns)), in_(std::move(in)), out_(std::move(out)), incarnation_(callee) {}

  void open() override { incarnation_.open(); }

  Cursor process(const Input& input, State*, Emitter& out) override {
    const RecordBatch& batch = as_records(input.batch);
    RowErrors unread;
    const ItemBuffer<In> items = in_.read(batch, columns_.read, unread);
    ItemBuffer<Out> results(batch.rows());
    MapOutput told(batch, out);
    auto lease = incarnation_.lease();
    std::uint32_t attempt = 1 + input.failures;
    for (std::size_t row = 0; row < batch.rows(); ++row, attempt = 1) {
      if (told.refuse_unread(row, unread)) continue;
      if (!call(*lease, items.begin()[row], row, {input.run, attempt}, results, told)) break;
    }
    const auto made = std::make_shared<Chunk<Out>>(std::move(results));
    Out* const first_made = made->rows() > 0 ? &made->item_to_take(0) : nullptr;
    told.emit(columns_, out_.list(), out_.members_of(first_made), made);
    return kDone;
  }

 private:
  struct Attempt {
    const RunSignals* run;
    std::uint32_t number;
  };

  /// Calls until there is a result or the error policy says what else. Whether to go on with the next record.
  bool call(typename Callee::Function& function, const In& item, std::size_t row, Attempt attempt,
            ItemBuffer<Out>& results, MapOutput& told) {
    for (;; ++attempt.number) {
      try {
        Context context(attempt.run, attempt.number);
        add(flow::call(function, item, context), row, results, told);
        return true;
      } catch (...) {
        const ItemVerdict verdict = told.failed(row);
        if (verdict != ItemVerdict::again) return verdict == ItemVerdict::left_out;
      }
    }
  }

  template <class Result>
  static void add(Result&& result, std::size_t row, ItemBuffer<Out>& results, MapOutput& told) {
    if constexpr (std::is_convertible_v<Result&&, Out>) {
      results.emplace_unchecked(std::forward<Result>(result));
      told.keep(row);
    } else {
      static_assert(
          std::is_same_v<std::remove_cvref_t<Result>, std::optional<Out>>,
          "the callable of map_records answers the struct of the second fields, or a std::optional of it");
      if (result) {
        results.emplace_unchecked(*std::forward<Result>(result));
        told.keep(row);
      } else {
        told.leave_out();
      }
    }
  }

  const MapColumns columns_;
  const RecordFields<In> in_;
  const RecordFields<Out> out_;
  typename Callee::Incarnation incarnation_;
};

/// Whether F makes the callable of a map from the options of its stage, rather than being it.
template <class F, class In>
inline constexpr bool kIsMadeFromOptions =
    !flow::TakesItem<const F, const In&> && std::is_invocable_v<const F&, const Options&>;

template <class In, class Out, class Callee>
MapMaker map_maker(RecordFields<In> in, RecordFields<Out> out, Callee callee) {
  static_assert(
      flow::TakesItem<typename Callee::Function, const In&>,
      "the callable of map_records takes the struct of the first fields by `const In&`; to be called from "
      "many threads it must be const (no `mutable` lambda): see weir::per_worker");
  return [in = std::move(in), out = std::move(out), callee = std::move(callee)](const MapColumns& columns) {
    return std::make_unique<MapTransform<In, Out, Callee>>(columns, in, out, callee);
  };
}

}  // namespace weir::detail
