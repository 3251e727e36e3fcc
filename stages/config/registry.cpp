#include <algorithm>

#include "weir/record_stage.hpp"

namespace weir {

void StageRegistry::add(StageDescription description) {
  if (find(description.type) != nullptr) {
    throw UsageError("a stage type is registered twice; give one another name: " + description.type);
  }
  descriptions_.push_back(std::move(description));
}

const StageDescription* StageRegistry::find(std::string_view type) const noexcept {
  const auto found = std::find_if(descriptions_.begin(), descriptions_.end(),
                                  [&](const StageDescription& each) { return each.type == type; });
  return found == descriptions_.end() ? nullptr : &*found;
}

std::vector<std::string> StageRegistry::names() const {
  std::vector<std::string> names;
  names.reserve(descriptions_.size());
  for (const StageDescription& description : descriptions_)
    names.push_back(description.type);
  return names;
}

std::vector<Needs> StagePlan::needs(std::span<const Needs> /*outputs*/) {
  std::vector<Needs> needs;
  needs.reserve(inputs_.size());
  for (const Schema& input : inputs_)
    needs.emplace_back(input.size(), Need::value);
  return needs;
}

std::optional<StageSpec> StagePlan::make_for(const std::vector<RawRecord>& /*records*/) const {
  return std::nullopt;
}

}  // namespace weir
