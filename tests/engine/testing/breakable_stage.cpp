#include "tests/engine/testing/breakable_stage.hpp"

#include <stdexcept>
#include <utility>

#include "tests/engine/testing/number_stages.hpp"

namespace weir::testing {
namespace {

/// Breaks for good when it crashes: only a new incarnation works again.
class Breakable final : public Transform {
 public:
  Breakable(LifePtr life, std::string name) : life_(std::move(life)), name_(std::move(name)) {
    const std::lock_guard lock(life_->mutex);
    ++life_->made;
  }
  ~Breakable() override { note("closes"); }

  void open() override {
    note("opens");
    const std::lock_guard lock(life_->mutex);
    if (++life_->opened > 1 && life_->failed_opens > 0) {
      --life_->failed_opens;
      throw std::runtime_error("does not open");
    }
  }
  Cursor process(const Input& input, State*, Emitter& out) override {
    const std::lock_guard lock(life_->mutex);
    for (const std::int64_t value : values_of(input.batch)) {
      if (const auto crash = life_->crashes.find(value); crash != life_->crashes.end() && crash->second > 0) {
        --crash->second;
        broken_ = true;
      }
    }
    if (broken_) throw std::runtime_error("broken");
    out.emit(input.batch);
    return kDone;
  }

 private:
  void note(const std::string& what) {
    const std::lock_guard lock(life_->mutex);
    life_->log.push_back(name_ + " " + what);
  }

  const LifePtr life_;
  const std::string name_;
  bool broken_ = false;
};

}  // namespace

StageSpec breakable(std::string name, const LifePtr& life, std::uint32_t restarts) {
  StageSpec spec = map(name, [](std::int64_t value) { return value; });
  TransformSpec body;
  body.make = [life, name] { return std::make_unique<Breakable>(life, name); };
  spec.body = std::move(body);
  spec.on_error = ErrorPolicy::always({{restart(restarts)}, FailureAction::fail});
  return spec;
}

LifePtr life_with(std::map<std::int64_t, int> crashes) {
  auto life = std::make_shared<Life>();
  life->crashes = std::move(crashes);
  return life;
}

}  // namespace weir::testing
