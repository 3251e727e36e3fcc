#include "weir/memory_budget.hpp"

#include <gtest/gtest.h>

#include "stages/memory/machine_memory.hpp"
#include "stages/memory/size_text.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

TEST(MemoryBudget, AddsUpWhatIsClaimedAndGetsItBack) {
  const auto budget = std::make_shared<MemoryBudget>(1000, "/tmp");
  {
    MemoryClaim one(budget);
    MemoryClaim other(budget);
    one.set(400);
    other.set(300);
    EXPECT_EQ(budget->claimed_bytes(), 700u);
    one.set(100);
    MemoryClaim moved(std::move(one));
    EXPECT_EQ(moved.bytes(), 100u);
    other = std::move(moved);
    EXPECT_EQ(budget->claimed_bytes(), 100u) << "what was assigned to has given back its own";
  }
  EXPECT_EQ(budget->claimed_bytes(), 0u);
}

TEST(MemoryBudget, AsksThoseThatHoldMuchToSpillWhenItIsScarce) {
  const auto budget = std::make_shared<MemoryBudget>(64'000, "/tmp");
  MemoryClaim large(budget);
  MemoryClaim small(budget);
  large.set(23'000);
  EXPECT_FALSE(large.should_spill(Growth::doubling));
  large.set(24'000);
  small.set(999);
  EXPECT_TRUE(large.should_spill(Growth::doubling)) << "what is left is not enough for doubling";
  large.set(47'000);
  EXPECT_FALSE(large.should_spill(Growth::steady)) << "three quarters are not full";
  large.set(48'000);
  EXPECT_TRUE(large.should_spill(Growth::steady));
  EXPECT_FALSE(small.should_spill(Growth::steady)) << "less than a 64th is not worth it";
  small.set(1'000);
  EXPECT_TRUE(small.should_spill(Growth::steady));
  EXPECT_FALSE(MemoryClaim().should_spill(Growth::steady)) << "nothing bounds it";
}

TEST(MemoryBudget, RefusesWhatIsMoreThanItsLimit) {
  const auto budget = std::make_shared<MemoryBudget>(64 << 20, "/tmp");
  MemoryClaim claim(budget);
  MemoryClaim other(budget);
  claim.set(std::size_t{64} << 20);
  EXPECT_NO_THROW(claim.require_within("all records"));
  other.set(1 << 20);
  try {
    claim.require_within("all records");
    FAIL() << "65 MiB fit into 64";
  } catch (const Error& error) {
    EXPECT_EQ(error.error_class(), ErrorClass::resource);
    EXPECT_STREQ(error.what(),
                 "out of memory: this stage holds all records in 64.0 MiB, and all stages together hold "
                 "65.0 MiB of 64.0 MiB; give the run more by `runtime: {memory: ...}`");
  }
}

TEST(SizeText, HasOneDigitBehindThePoint) {
  EXPECT_EQ(size_text(0), "0 bytes");
  EXPECT_EQ(size_text(1023), "1023 bytes");
  EXPECT_EQ(size_text(1024), "1.0 KiB");
  EXPECT_EQ(size_text((std::uint64_t{3} << 30) / 2), "1.5 GiB");
}

TEST(MachineMemory, IsMoreThanThisTestTakes) { EXPECT_GT(machine_memory_bytes(), std::size_t{64} << 20); }

}  // namespace
}  // namespace weir
