// Faults at a known place: any stage, made to throw where a test says so. (For faults at random:
// weir/chaos.hpp.)
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "weir/graph.hpp"

namespace weir::testing {

/// The faults of one stage, over all its incarnations. They are used up as they happen, so that what is tried
/// again often enough goes through. They strike before the stage has done anything, so no state is spoilt and
/// nothing written twice. From any thread; what adds to them, before the run.
class Faults {
 public:
  /// Of the calls that are given this record, by any method, the first `times` throw. A record is known by
  /// what Payload::describe says of it.
  Faults& at_value(std::string described, std::uint32_t times = 1);
  /// The same of the so many'th record, from 1, that calls bring to the stage; calls that are made again
  /// count again.
  Faults& at_record(std::uint64_t nth, std::uint32_t times = 1);
  /// Of a source: `next` throws so often before it gives the so many'th piece, from 1.
  Faults& at_piece(std::uint64_t nth, std::uint32_t times = 1);
  /// The openings from the so many'th on throw, so many of them. The first is the one at the start of the
  /// run, which fails the run.
  Faults& in_open(std::uint64_t first, std::uint32_t times = 1);
  /// So many calls of `end_of_input`, `absorb` and `next_output` throw.
  Faults& in_finish(std::uint32_t times = 1);
  /// Each of these breaks the incarnation: it throws in every call, until the stage is rebuilt.
  Faults& breaking_it();
  /// What is thrown in place of a std::runtime_error that says where: by a function that throws.
  Faults& throwing(std::function<void(const std::string& where)> thrower);

  /// How many have not happened. A test that expects a fault should ask.
  std::uint64_t left() const;

 private:
  friend class Weakness;
  friend StageSpec faulty(StageSpec stage, std::shared_ptr<Faults> faults);
  mutable std::mutex mutex_;
  std::map<std::string, std::uint32_t> at_value_;  ///< guarded by mutex_, as is all below
  std::map<std::uint64_t, std::uint32_t> at_record_;
  std::map<std::uint64_t, std::uint32_t> at_piece_;
  std::uint64_t first_failing_open_ = 0;
  std::uint32_t in_open_ = 0;
  std::uint32_t in_finish_ = 0;
  bool breaking_ = false;
  std::function<void(const std::string&)> thrower_;
  std::uint64_t records_ = 0, pieces_ = 0,
                opened_ = 0;  ///< that came to the stage; that it gave; incarnations
};
using FaultsPtr = std::shared_ptr<Faults>;

/// The stage, with these faults; it does otherwise what it did. A stage with in_finish must be one whose
/// policy may have that called again: its traits are set so.
StageSpec faulty(StageSpec stage, FaultsPtr faults);

}  // namespace weir::testing
