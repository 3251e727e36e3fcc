// A callable that is made anew when it broke: what a restart rebuilds.
//
//     weir::per_worker([url] { return Quoter(url); })
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

namespace weir {

/// Says that each worker has a callable of its own, made by `make()`; what it makes is used by one thread at
/// a time and need not be copyable. As many are made as calls overlap; one that threw is
/// not called again where its stage may have to be restarted for it. `make` itself is called from any
/// thread, from several at once, and may throw: then the call for which it was to be made has failed.
template <class Make>
struct PerWorker {
  /// What it makes.
  using Callable = std::invoke_result_t<const Make&>;
  Make make;
};

/// Takes a factory: anything that may be called without arguments.
template <class Make>
requires std::invocable<const Make&> PerWorker<Make> per_worker(Make make) { return {std::move(make)}; }

template <class T>
inline constexpr bool is_per_worker = false;
template <class Make>
inline constexpr bool is_per_worker<PerWorker<Make>> = true;

}  // namespace weir
