// Sources of items: of a callable, of a range, of what stands in memory.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

#include "weir/chunk.hpp"
#include "weir/context.hpp"
#include "weir/flow/source_settings.hpp"
#include "weir/source.hpp"

namespace weir {

namespace flow {

/// What sources have in common that hand out chunks as they are: they count the items.
class CountingSource : public Source {
 public:
  explicit CountingSource(std::shared_ptr<const std::string> name) : name_(std::move(name)) {}
  std::string position() const override { return std::to_string(items_); }
  /// What is called goes on where it is.
  void seek(const std::string& position) override { items_ = std::stoull(position); }
  void stop() noexcept override { stop_.request_stop(); }

 protected:
  bool stopped() const noexcept { return stop_.stop_requested(); }
  std::stop_token stop_token() const noexcept { return stop_.get_token(); }
  template <class T>
  Work work(ItemBuffer<T> items) {
    const Origin origin{.input = name_, .line = items_ + 1};
    items_ += items.size();
    return {make_chunk<T>(std::move(items), origin), origin};
  }

 private:
  std::shared_ptr<const std::string> name_;
  std::stop_source stop_;
  std::uint64_t items_ = 0;
};

/// A callable that answers one item after another, and nothing at the end; and the items that it has answered
/// for the chunk under way. They stay when a call throws, also for the next incarnation: they are not asked
/// for again.
template <class T, class Function>
struct Calling {
  Function function;
  ItemBuffer<T> gathered = {};
  bool ended = false;
};

template <class T, class Function>
class CallingSource final : public CountingSource {
 public:
  CallingSource(std::shared_ptr<const std::string> name, std::shared_ptr<Calling<T, Function>> calling,
                std::size_t chunk_items)
      : CountingSource(std::move(name)),
        calling_(std::move(calling)),
        chunk_items_(chunk_items),
        signals_{.stop = stop_token()} {}
  void set_run(const RunSignals& run) override { run_ = &run; }
  std::optional<Work> next() override {
    if (run_) signals_.deadline = run_->deadline;
    ItemBuffer<T>& gathered = calling_->gathered;
    gathered.reserve(chunk_items_);
    while (!calling_->ended && !stopped() && gathered.size() < chunk_items_) {
      std::optional<T> item = call();
      if (!item)
        calling_->ended = true;
      else
        gathered.emplace_unchecked(*std::move(item));
    }
    if (gathered.size() == 0) return std::nullopt;
    return work(std::exchange(gathered, {}));
  }

 private:
  std::optional<T> call() {
    if constexpr (std::invocable<Function&, Context&>) {
      Context context(&signals_, 1);
      return std::invoke(calling_->function, context);
    } else {
      return std::invoke(calling_->function);
    }
  }

  const std::shared_ptr<Calling<T, Function>> calling_;
  const std::size_t chunk_items_;
  const RunSignals* run_ = nullptr;  ///< null: none has told
  RunSignals signals_;               ///< what calls see: a source is to stop before its run ends at once
};

/// How far a range has been walked through: some can be walked through only once, so that one incarnation
/// goes on where the one before it was.
template <class Range>
struct Walk {
  const std::shared_ptr<Range> range;
  std::optional<std::ranges::iterator_t<Range>> at = {};
};

template <class T, class Range>
class WalkingSource final : public CountingSource {
 public:
  WalkingSource(std::shared_ptr<const std::string> name, std::shared_ptr<Walk<Range>> walk,
                std::size_t chunk_items)
      : CountingSource(std::move(name)), walk_(std::move(walk)), chunk_items_(chunk_items) {}
  std::optional<Work> next() override {
    auto& at = walk_->at;
    if (!at) at.emplace(std::ranges::begin(*walk_->range));
    ItemBuffer<T> items(chunk_items_);
    const auto end = std::ranges::end(*walk_->range);
    for (; !stopped() && items.size() < chunk_items_ && *at != end; ++*at) {
      if constexpr (CopyableItem<T>)
        items.emplace_unchecked(**at);
      else
        items.emplace_unchecked(std::ranges::iter_move(*at));
    }
    if (items.size() == 0) return std::nullopt;
    return work(std::move(items));
  }

 private:
  const std::shared_ptr<Walk<Range>> walk_;
  const std::size_t chunk_items_;
};

/// Items that stand one after another in memory, and are handed out where they are.
template <class T>
class SpanSource final : public Source {
 public:
  /// `keeper`: of the items; null: they outlive the run.
  SpanSource(std::shared_ptr<const std::string> name, T* begin, std::size_t size,
             std::shared_ptr<const void> keeper, std::size_t chunk_items)
      : name_(std::move(name)),
        begin_(begin),
        size_(size),
        keeper_(std::move(keeper)),
        chunk_items_(chunk_items) {}
  std::optional<Work> next() override {
    const std::size_t rows = std::min(chunk_items_, size_ - at_);
    if (rows == 0 || stopped_.load()) return std::nullopt;
    const std::size_t first = std::exchange(at_, at_ + rows);
    const Origin origin{.input = name_, .line = first + 1};
    return Work{make_chunk<T>(begin_ + first, rows, keeper_, origin), origin};
  }
  std::string position() const override { return std::to_string(at_); }
  void seek(const std::string& position) override { at_ = std::stoull(position); }
  void stop() noexcept override { stopped_.store(true); }

 private:
  const std::shared_ptr<const std::string> name_;
  T* const begin_;
  const std::size_t size_;
  const std::shared_ptr<const void> keeper_;
  const std::size_t chunk_items_;
  std::size_t at_ = 0;
  std::atomic<bool> stopped_{false};
};

/// Makes a source's incarnations, which share the items: `label` is the input that the items' origins name.
using ItemSourceMaker = std::function<std::unique_ptr<Source>(std::shared_ptr<const std::string> label)>;

template <class F>
concept GivesItems = requires(F& function) {
  {*std::invoke(function)};
  {static_cast<bool>(std::invoke(function))};
}
|| requires(F& function, Context& context) { {*std::invoke(function, context)}; };
template <class F>
auto item_given_by(F& function, Context& context) {
  if constexpr (std::invocable<F&, Context&>)
    return *std::invoke(function, context);
  else
    return *std::invoke(function);
}

/// The items of a callable or a range.
template <class Items>
struct ItemsOf {
  using type = std::ranges::range_value_t<Items>;
};
template <class F>
requires GivesItems<std::decay_t<F>>
struct ItemsOf<F> {
  using type = decltype(item_given_by(std::declval<std::decay_t<F>&>(), std::declval<Context&>()));
};

/// A source of what weir::from takes.
template <class F>
requires GivesItems<std::decay_t<F>> ItemSourceMaker item_source(F&& function,
                                                                 const SourceSettings& settings) {
  using T = typename ItemsOf<F>::type;
  using Function = std::decay_t<F>;
  using Shared = Calling<T, Function>;
  return [calling = std::shared_ptr<Shared>(new Shared{.function = std::forward<F>(function)}),
          items = chunk_items<T>(settings)](std::shared_ptr<const std::string> label) {
    return std::make_unique<CallingSource<T, Function>>(std::move(label), calling, items);
  };
}

template <std::ranges::input_range Range>
ItemSourceMaker item_source(Range&& range, const SourceSettings& settings) {
  using Kept = std::remove_cvref_t<Range>;
  using T = typename ItemsOf<Range>::type;
  constexpr bool kIsKept = !std::is_lvalue_reference_v<Range> || std::ranges::view<Kept>;
  static_assert(kIsKept || CopyableItem<T>,
                "items that cannot be copied must be handed over: weir::from(name, std::move(range))");
  const std::size_t items = chunk_items<T>(settings);
  if constexpr (std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range>) {
    std::shared_ptr<Kept> keeper;
    if constexpr (kIsKept) keeper = std::make_shared<Kept>(std::forward<Range>(range));
    // Chunks are not changed, save by who takes away items of which there is no other owner.
    T* const begin = const_cast<T*>([&] {
      if constexpr (kIsKept)
        return std::ranges::data(*keeper);
      else
        return std::ranges::data(range);
    }());
    const std::size_t size = kIsKept ? std::ranges::size(*keeper) : std::ranges::size(range);
    return [=](std::shared_ptr<const std::string> label) {
      return std::make_unique<SpanSource<T>>(std::move(label), begin, size, keeper, items);
    };
  } else {
    std::shared_ptr<std::conditional_t<kIsKept, Kept, std::remove_reference_t<Range>>> kept;
    if constexpr (kIsKept)
      kept = std::make_shared<Kept>(std::forward<Range>(range));
    else
      kept = std::shared_ptr<std::remove_reference_t<Range>>(std::shared_ptr<void>(), &range);
    using Walked = typename decltype(kept)::element_type;
    const auto walk = std::make_shared<Walk<Walked>>(std::move(kept));
    return [=](std::shared_ptr<const std::string> label) {
      return std::make_unique<WalkingSource<T, Walked>>(std::move(label), walk, items);
    };
  }
}

}  // namespace flow
}  // namespace weir
