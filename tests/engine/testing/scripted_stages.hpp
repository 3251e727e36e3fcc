// Stages whose every call may be written by the test: for what well-behaved stages never do. A call that a
// script leaves out does what the contract does by default.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/engine/testing/number_stages.hpp"
#include "weir/graph.hpp"

namespace weir::testing {

/// A state of one number.
struct NumberState : State {
  std::int64_t number = 0;
};

struct SourceScript {
  std::function<void()> open = {};
  std::function<std::optional<Work>()> next = {};  ///< default: the input has ended
  std::function<Cursor(const Batch&, Cursor, Emitter&)> decode = {};
  std::function<std::string()> position = {};
  std::function<void(const std::string&)> seek = {};
  std::function<void()> stop = {};
};
StageSpec scripted(std::string name, SourceScript script, SourceTraits traits = {});

struct TransformScript {
  std::function<void()> open = {};
  std::function<std::unique_ptr<State>()> make_state = {};             ///< default: a NumberState
  std::function<Cursor(const Input&, State*, Emitter&)> process = {};  ///< default: passes its input on
  std::function<void(State&, State&)> absorb = {};                     ///< default: does nothing
  std::function<void(PortIndex, State*)> end_of_input = {};
  std::function<Cursor(State*, Cursor, Emitter&)> next_output = {};
};
/// One input `in`, one output `out`; tests add what else they need.
StageSpec scripted(std::string name, TransformScript script, TransformTraits traits = {});

struct SinkScript {
  std::function<void()> open = {};
  std::function<void()> adopt = {};  ///< default: opens
  std::function<Batch(const Batch&, Emitter&)> encode = {};
  std::function<void(const Batch&, Emitter&)> write = {};  ///< default: drops it
  std::function<void()> prepare = {};
  std::function<void()> commit = {};
  std::function<void()> abort = {};
};
StageSpec scripted(std::string name, SinkScript script, SinkTraits traits = {});

/// Work that `next` may give: a batch, from nowhere.
Work work(std::vector<std::int64_t> values);

}  // namespace weir::testing
