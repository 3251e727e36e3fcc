// Decides where faults are injected on purpose; see weir/chaos.hpp.
//
// Called from any thread. Save for `throw_at` and failed opens, which are counted, what it answers depends on
// seed, stage, record and attempt alone.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "weir/chaos.hpp"
#include "weir/error.hpp"
#include "weir/graph.hpp"

namespace weir {

class Chaos {
 public:
  Chaos(const ChaosOptions& options, const Graph& graph);

  /// What a stage is doing: the same record may fail in one and not in another.
  enum class Call : unsigned char { decode, process, encode, write, next, finish };

  /// The records of one call, named so that another run, on any number of threads, names them the same.
  struct Records {
    Call call = Call::process;
    std::uint64_t flow = 0;
    std::uint64_t sequence = 0;
    std::uint64_t batch = 0;  ///< of those that the stage got for that sequence number
    std::uint64_t first = 0;  ///< row of the batch
    std::uint64_t count = 1;
  };

  /// Throws where the call is to fail. `attempt`: how often these records have failed there before.
  void before_call(StageIndex stage, const Records& records, std::uint32_t attempt);
  /// How much later the call is to begin; asked once.
  std::optional<Duration> delay(StageIndex stage, const Records& records) const;
  /// False, and `error`: this attempt to build the stage anew is to fail.
  bool admits_open(StageIndex stage, ErrorInfo& error);

 private:
  const ChaosOptions options_;
  std::vector<bool> concerned_;                      ///< one a stage
  std::vector<std::atomic<std::uint64_t>> arrived_;  ///< one a stage: records that came
  std::vector<std::atomic<std::uint32_t>> opens_;    ///< one a stage: attempts to build it anew
};

}  // namespace weir
