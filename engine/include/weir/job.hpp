// A piece of work that is handed over, done once, and gone: a callable that can be moved and not copied.
//
// What `std::function` cannot hold (a promise, a unique_ptr) it can. A callable of up to `kJobInlineBytes`
// that moves without throwing lies in the job itself: making, moving and calling it allocates nothing. A
// larger one is allocated, once. Not synchronised; owns what it holds.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir {

/// With a pointer to its operations a job takes 56 bytes: beside a queue's own 8, a cache line.
inline constexpr std::size_t kJobInlineBytes = 48;
/// A job of a worker pool: a callable that can be moved.
class Job {
 public:
  /// Holds nothing.
  Job() noexcept = default;
  /// Holds `callable`, which is called with the context of the worker that does the job: null where workers
  /// have none.
  template <class Callable>
  requires(!std::same_as<std::remove_cvref_t<Callable>, Job> &&
           std::invocable<std::decay_t<Callable>&, void*>) explicit Job(Callable&& callable) {
    using Held = std::decay_t<Callable>;
    if constexpr (fits<Held>()) {
      std::construct_at(reinterpret_cast<Held*>(storage_), std::forward<Callable>(callable));
      operations_ = &kOperations<Held>;
    } else {
      auto held = std::make_unique<Held>(std::forward<Callable>(callable));
      *this = Job([held = std::move(held)](void* context) { (*held)(context); });
    }
  }
  Job(Job&& other) noexcept { take(other); }
  Job& operator=(Job&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~Job() { reset(); }

  explicit operator bool() const noexcept { return operations_ != nullptr; }
  /// Requires that it holds something, and is called once.
  void operator()(void* context) { operations_->call(storage_, context); }
  /// Lets go of what it holds, called or not.
  void reset() noexcept {
    if (operations_ && operations_->destroy) operations_->destroy(storage_);
    operations_ = nullptr;
  }

 private:
  struct Operations {
    void (*call)(void* held, void* context);
    void (*move)(void* from, void* to) noexcept;  ///< leaves nothing at `from`; null: bytes can be copied
    void (*destroy)(void* held) noexcept;         ///< null: there is nothing to do
  };

  template <class Held>
  static constexpr bool fits() {
    return sizeof(Held) <= kJobInlineBytes && alignof(Held) <= alignof(void*) &&
           std::is_nothrow_move_constructible_v<Held>;
  }

  template <class Held>
  static constexpr Operations kOperations = {
      .call = [](void* held, void* context) { (*static_cast<Held*>(held))(context); },
      .move = std::is_trivially_copyable_v<Held> ? nullptr
                                                 : +[](void* from, void* to) noexcept {
                                                     auto* held = static_cast<Held*>(from);
                                                     std::construct_at(static_cast<Held*>(to), std::move(*held));
                                                     std::destroy_at(held);
                                                   },
      .destroy = std::is_trivially_destructible_v<Held>
                     ? nullptr
                     : +[](void* held) noexcept { std::destroy_at(static_cast<Held*>(held)); },
  };

  void take(Job& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (!operations_) return;
    if (operations_->move) {
      operations_->move(other.storage_, storage_);
    } else {
      std::memcpy(storage_, other.storage_, kJobInlineBytes);
    }
  }

  alignas(void*) std::byte storage_[kJobInlineBytes];
  const Operations* operations_ = nullptr;
};

}  // namespace weir
