// Records that a stage refused, as batches that it can be given again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "weir/options.hpp"
#include "weir/pipeline.hpp"
#include "weir/record_stage.hpp"
#include "weir/source.hpp"

namespace weir {

/// Problems of dead letters. Those that say the same are told once, at the first letter, with their number.
class LetterProblems {
 public:
  void add(const RefusedRecord& record, std::string message, std::string mend = {});
  bool empty() const noexcept { return all_.empty(); }
  void tell(Problems& problems) const;

 private:
  struct Told {
    Diagnostic diagnostic;
    std::size_t letters = 1;
  };
  std::vector<Told> all_;
  std::map<std::string, std::size_t> by_message_;
  std::size_t left_out_ = 0;
};

/// The input that refused records are given to.
struct RefusingInput {
  std::string stage;
  const Schema& schema;
  const Needs& needs;
  const std::vector<Schema>& outputs;  ///< of the stage: it may have refused what it made itself
};

/// In the order given, with their origins. Records that do not fit are left out and reported.
std::vector<Work> batches_of(const std::vector<RefusedRecord>& records, const RefusingInput& input,
                             LetterProblems& problems);

}  // namespace weir
