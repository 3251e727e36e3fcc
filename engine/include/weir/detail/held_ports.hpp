// The output ports that a supervised body of a multifunction_node is given. An inner part of weir/tbb.hpp.
#pragma once

#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::detail {

/// In place of a node's output port: keeps what is put until the body has returned.
template <class T>
class HeldPort {
 public:
  bool try_put(T value) {
    if (first_)
      more_.push_back(std::move(value));
    else
      first_.emplace(std::move(value));
    return true;
  }
  template <class Port>
  void put_all(Port& port) {
    if (first_) port.try_put(*first_);
    for (const T& value : more_)
      port.try_put(value);
  }

 private:
  std::optional<T> first_;  ///< one is the usual number, and costs no memory
  std::vector<T> more_;
};

template <class Ports>
struct Held;  // only of the ports of a multifunction_node
template <template <class> class Port, class... T>
struct Held<std::tuple<Port<T>...>> {
  using Ports = std::tuple<HeldPort<T>...>;
};
template <class Ports>
concept OutputPorts = requires {
  typename Held<Ports>::Ports;
};

}  // namespace weir::detail
