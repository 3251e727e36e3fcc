// What all streams of one flow are parts of: its stages as they are added. Not for use by itself.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/graph.hpp"
#include "weir/run.hpp"

namespace weir::flow {

struct Node;

/// An output port of a stage.
struct Outlet {
  Node* node = nullptr;
  std::string port = "out";
  friend bool operator==(const Outlet&, const Outlet&) = default;
};

/// A stage, and what it reads.
struct Node {
  struct Inlet {
    Outlet from;
    std::string port;
  };
  StageSpec spec;
  std::vector<Inlet> inlets = {};
};

/// For one thread at a time. Owned by the streams and flows that are parts of it.
class FlowBuilder {
 public:
  /// Adds a stage that reads those outlets, by its main input.
  Node& add(StageSpec spec, const std::vector<Outlet>& from = {});
  static void connect(const std::vector<Outlet>& from, Node& to, const std::string& port);

  void add_group(SupervisionGroup group) { groups_.push_back(std::move(group)); }
  void set_supervisor(const RestartPolicy& policy) { supervisor_ = policy; }
  void set_name(std::string name) { name_ = std::move(name); }

  /// A stream that has still to be continued begins there, or has been continued.
  void open_end(const Outlet& outlet) { open_ends_.push_back(outlet); }
  void close_end(const Outlet& outlet);

  /// Makes one flow of two. `other` only leads to this one afterwards.
  static void unite(const std::shared_ptr<FlowBuilder>& one, const std::shared_ptr<FlowBuilder>& other);
  /// The one that `builder` has become a part of, or itself.
  static std::shared_ptr<FlowBuilder> resolve(std::shared_ptr<FlowBuilder> builder);

  Graph graph() const;
  /// The graph, to be run with these options, which are completed. Throws UsageError for the second time, for
  /// a stream that ends nowhere, and for more workers than there are threads.
  Graph prepare_run(RunOptions& options) const;
  /// Once it has begun.
  void set_has_run() { has_run_ = true; }

 private:
  void refuse_too_many_workers(std::size_t threads) const;
  std::size_t io_threads() const;

  // What was not said is nothing, so that what is said of one part of a flow is not lost to the other.
  std::optional<std::string> name_;
  std::optional<RestartPolicy> supervisor_;
  std::vector<SupervisionGroup> groups_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Outlet> open_ends_;
  std::shared_ptr<FlowBuilder> part_of_;
  bool has_run_ = false;
};

}  // namespace weir::flow
