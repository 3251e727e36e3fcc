// The memory that the stages of a pipeline may hold from batch to batch, and each one's claim on it.
//
// A stage that collects records (a sort, an aggregation, a join's right side) claims what it holds. When
// memory becomes scarce, those that can put records on disk do so; a stage that cannot, and holds too much,
// ends with an error of class `resource`, long before the system would end the process. What is in flight
// between stages is not claimed: credits bound it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace weir {

/// How what a stage holds becomes more.
enum class Growth : unsigned char {
  steady,    ///< by what each batch brings
  doubling,  ///< hash tables, which double when they are full
};

/// One a pipeline, shared by its stages. Any thread.
class MemoryBudget {
 public:
  /// `spill_folder`: where records are put that memory does not hold.
  MemoryBudget(std::size_t limit_bytes, std::string spill_folder)
      : limit_bytes_(limit_bytes), spill_folder_(std::move(spill_folder)) {}

  std::size_t limit_bytes() const noexcept { return limit_bytes_; }
  const std::string& spill_folder() const noexcept { return spill_folder_; }

  std::size_t claimed_bytes() const noexcept { return claimed_bytes_.load(std::memory_order_relaxed); }
  /// Who can put records on disk does so from here on. What is left up to the limit is for growing once more,
  /// for those that cannot, and for what putting them there takes.
  bool is_scarce(Growth growth) const noexcept {
    return claimed_bytes() > limit_bytes_ / 8 * (growth == Growth::doubling ? 3 : 6);
  }
  bool is_exceeded() const noexcept { return claimed_bytes() > limit_bytes_; }
  /// Less than this is not worth being put on disk.
  std::size_t spill_bytes_min() const noexcept { return limit_bytes_ / 64; }

 private:
  friend class MemoryClaim;
  const std::size_t limit_bytes_;
  const std::string spill_folder_;
  std::atomic<std::size_t> claimed_bytes_{0};
};

/// What one state of a stage holds. Given back when it is destroyed. One thread at a time.
class MemoryClaim {
 public:
  /// Null: nothing bounds it.
  explicit MemoryClaim(std::shared_ptr<MemoryBudget> budget = nullptr) noexcept
      : budget_(std::move(budget)) {}
  MemoryClaim(MemoryClaim&& other) noexcept
      : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryClaim& operator=(MemoryClaim&& other) noexcept;
  ~MemoryClaim() { set(0); }

  /// How much is held now.
  void set(std::size_t bytes) noexcept;
  std::size_t bytes() const noexcept { return bytes_; }
  const std::shared_ptr<MemoryBudget>& budget() const noexcept { return budget_; }

  /// Whether records should go to disk, before more are taken in.
  bool should_spill(Growth growth) const noexcept {
    return budget_ && budget_->is_scarce(growth) && bytes_ > 0 && bytes_ >= budget_->spill_bytes_min();
  }
  /// Throws an Error of class `resource` where the pipeline holds more than it may. `what`: what this stage
  /// holds and cannot put on disk, as in "the different keys".
  void require_within(const char* what) const;

 private:
  std::shared_ptr<MemoryBudget> budget_;  ///< null only where nothing bounds it, or after a move
  std::size_t bytes_ = 0;
};

}  // namespace weir
