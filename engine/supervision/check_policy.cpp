#include "engine/supervision/check_policy.hpp"

#include <algorithm>

#include "weir/error.hpp"

namespace weir {

void check_policy(const RestartPolicy& policy, const std::string& whose) {
  // Written so that it does not let NaN through.
  if (!(policy.backoff.jitter >= 0 && policy.backoff.jitter <= 1)) {
    throw UsageError(whose +
                     " has a jitter that is not from 0 to 1: " + std::to_string(policy.backoff.jitter));
  }
  const Duration least =
      std::min({policy.within, policy.healthy_after, policy.backoff.initial, policy.backoff.max});
  if (least < Duration(0)) {
    throw UsageError(whose + " has a negative time in its restart policy: " + std::to_string(least.count()) +
                     " ns");
  }
}

}  // namespace weir
