// The transforms of take and batch, which count items.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "weir/chunk.hpp"
#include "weir/transform.hpp"

namespace weir::flow {

// --- take ---

struct Taken final : State {
  std::size_t items = 0;
};

template <class T>
class TakeTransform final : public Transform {
 public:
  explicit TakeTransform(std::size_t limit) : limit_(limit) {}
  std::unique_ptr<State> make_state() const override { return std::make_unique<Taken>(); }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    std::size_t& taken = static_cast<Taken&>(*state).items;
    const std::size_t rows = std::min(input.batch->rows(), limit_ - taken);
    out.filtered(input.batch->rows() - rows);
    out.emit(rows == input.batch->rows() ? input.batch : input.batch->slice(0, rows));
    if (taken + rows == limit_) out.enough();
    taken += rows;
    return kDone;
  }

 private:
  const std::size_t limit_;
};

// --- batch ---

template <class T>
struct Gathered final : State {
  std::vector<T> items;
};

template <class T>
class BatchTransform final : public Transform {
 public:
  explicit BatchTransform(std::size_t size) : size_(size) {}
  std::unique_ptr<State> make_state() const override { return std::make_unique<Gathered<T>>(); }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    auto& gathered = static_cast<Gathered<T>&>(*state).items;
    const auto& chunk = chunk_of<T>(input.batch);
    ItemBuffer<std::vector<T>> full((gathered.size() + chunk.rows()) / size_);
    for (std::size_t row = 0; row < chunk.rows(); ++row) {
      gathered.reserve(size_);
      gathered.push_back(taken(chunk, row));
      if (gathered.size() == size_) full.emplace_unchecked(std::exchange(gathered, {}));
    }
    if (full.size() > 0) out.emit(make_chunk<std::vector<T>>(std::move(full)));
    return kDone;
  }
  void absorb(State& into, State& other) override {
    auto& items = static_cast<Gathered<T>&>(into).items;
    std::ranges::move(static_cast<Gathered<T>&>(other).items, std::back_inserter(items));
  }
  Cursor next_output(State* state, Cursor, Emitter& out) override {
    auto& rest = static_cast<Gathered<T>&>(*state).items;
    if (rest.empty()) return kDone;
    ItemBuffer<std::vector<T>> last(1);
    last.emplace_unchecked(std::move(rest));
    out.emit(make_chunk<std::vector<T>>(std::move(last)));
    return kDone;
  }

 private:
  const std::size_t size_;
};

}  // namespace weir::flow
