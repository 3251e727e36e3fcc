// `supervisor`: how often, how soon and together with whom failed stages are begun again.
//
//     supervisor:
//       max_restarts: 5
//       within: 30s
//       groups: {writers: {stages: [out, bad], strategy: one_for_all}}
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/options.hpp"
#include "weir/restart_policy.hpp"

namespace weir {

struct SupervisorConfig {
  RestartPolicy policy = {};  ///< of the topmost group
  std::uint64_t seed = 1;
  std::vector<SupervisionGroup> groups = {};  ///< every parent before its children

  struct Member {
    std::string stage;
    std::string group;
  };
  std::vector<Member> members = {};  ///< of the groups; all others belong to the topmost one

  /// Empty: the topmost.
  std::string group_of(const std::string& stage) const;
};

/// `stage_names`: those of the config, which groups may have.
SupervisorConfig read_supervisor(const ConfigValue& supervisor, const std::vector<std::string>& stage_names,
                                 Problems& problems);

}  // namespace weir
