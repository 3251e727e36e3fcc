// What the stage contracts do where a stage does not say otherwise.
#include "weir/sink.hpp"
#include "weir/source.hpp"
#include "weir/transform.hpp"

namespace weir {

Cursor Source::decode(const Batch& work, Cursor, Emitter& out) const {
  out.emit(work);
  return kDone;
}

void State::save(std::string&) const {
  throw UsageError("this stage's state cannot be saved; override State::save and State::load");
}

void State::load(const std::string&) {
  throw UsageError("this stage's state cannot be loaded; override State::save and State::load");
}

void Transform::absorb(State&, State&) {
  throw UsageError("a replicated stage must say how states merge; override Transform::absorb");
}

void Transform::end_of_input(PortIndex, State*) {}

Cursor Transform::next_output(State*, Cursor, Emitter&) { return kDone; }

void Sink::adopt(Sink&) { open(); }

Batch Sink::encode(const Batch& batch, Emitter&) const { return batch; }

}  // namespace weir
