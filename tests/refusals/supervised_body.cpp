// Uses of weir::supervised that must not compile, each with a message that says the mend. REFUSAL says which.
#include <memory>
#include <tuple>

#include "weir/tbb.hpp"

namespace {

[[maybe_unused]] void refused() {
  const weir::ErrorPolicy policy = weir::ErrorPolicy::always({{weir::retry(1)}, weir::FailureAction::fail});
  [[maybe_unused]] const auto pass = [](int number) { return number; };
  weir::SupervisedBodies bodies;
  tbb::flow::graph graph;
#if REFUSAL == 0  // the one that compiles
  weir::supervised(bodies, "pass", pass, policy)(1);
#elif REFUSAL == 1
  weir::supervised(
      bodies, "consume", [](std::unique_ptr<int>&& number) { return *number; },
      policy)(std::make_unique<int>(1));
#elif REFUSAL == 2
  weir::supervised(bodies, "pass", pass, policy, weir::RestartPolicy{});
#elif REFUSAL == 3
  tbb::flow::async_node<int, int> node(graph, tbb::flow::unlimited,
                                       weir::supervised(
                                           bodies, "ask", [](int, auto&) {}, policy));
#elif REFUSAL == 4
  using Node = tbb::flow::multifunction_node<int, std::tuple<int> >;
  Node node(graph, tbb::flow::unlimited,
            weir::supervised(
                bodies, "split", [](int, Node::output_ports_type&) {}, policy));
#elif REFUSAL == 5
  weir::supervised(bodies, "pass", pass, policy, [](int) {})(1);
#elif REFUSAL == 6
  tbb::flow::input_node<std::optional<int> > node(
      graph, weir::supervised(
                 bodies, "make", [](tbb::flow_control&) { return 1; }, policy, [](auto&&) {}));
#endif
}

}  // namespace
