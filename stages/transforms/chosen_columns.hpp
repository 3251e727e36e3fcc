// The plan and the transform that drop and rename share: columns of the input as they are, some of them,
// under any names. Nothing is computed or copied.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "weir/record_stage.hpp"

namespace weir {

class ChosenColumnsPlan : public StagePlan {
 public:
  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) final;
  std::vector<Needs> needs(std::span<const Needs> outputs) final;
  StageSpec make() const final;

 protected:
  /// A column that comes out: which of the input, and what it is called.
  struct Chosen {
    std::size_t source = 0;
    std::string name;
  };
  /// In the order in which they come out. Names are unique; reports what does not fit.
  virtual std::vector<Chosen> choose(const Schema& input, Problems& problems) const = 0;

 private:
  std::size_t input_columns_ = 0;
  std::vector<std::size_t> sources_;
  std::shared_ptr<const Schema> schema_;
};

}  // namespace weir
