#include "engine/runtime/serial_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/engine/testing/timing_stages.hpp"
#include "tests/engine/testing/tokens.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;

TEST(SerialLine, ServesInTheOrderOfJoining) {
  CreditPool pool = pool_of(10);
  std::vector<std::uint64_t> served;
  SerialLine line([&](TokenPtr token, WorkerIndex) {
    served.push_back(token->sequence());
    return true;
  });
  line.join(make_token(pool, 0, 2));
  line.join(make_token(pool, 0, 0));
  line.advance(0);
  EXPECT_THAT(served, ElementsAre(2, 0));
}

TEST(SerialLine, WhoIsInsideTakesAlongWhatJoinsMeanwhile) {
  CreditPool pool = pool_of(10);
  std::vector<std::uint64_t> served;
  SerialLine* self = nullptr;
  SerialLine line([&](TokenPtr token, WorkerIndex worker) {
    served.push_back(token->sequence());
    if (token->sequence() == 0) {
      self->join(make_token(pool, 0, 1));
      self->advance(worker);  // somebody is inside: it returns at once
      EXPECT_EQ(served.size(), 1u);
    }
    return true;
  });
  self = &line;
  line.join(make_token(pool, 0, 0));
  line.advance(0);
  EXPECT_THAT(served, ElementsAre(0, 1));
}

TEST(SerialLine, StandsWhileItsFirstHasToWait) {
  CreditPool pool = pool_of(10);
  std::vector<std::uint64_t> served;
  TokenPtr waiting;
  SerialLine line([&](TokenPtr token, WorkerIndex) {
    if (token->sequence() == 0 && served.empty()) {
      served.push_back(100);
      waiting = std::move(token);
      return false;
    }
    served.push_back(token->sequence());
    return true;
  });
  line.join(make_token(pool, 0, 0));
  line.join(make_token(pool, 0, 1));
  line.advance(0);
  line.advance(0);  // nobody overtakes
  EXPECT_THAT(served, ElementsAre(100));
  line.resume(std::move(waiting), 0);
  EXPECT_THAT(served, ElementsAre(100, 0, 1));
}

TEST(SerialLine, LetsOneThroughAtATimeAndForgetsNone) {
  constexpr int kThreads = 4, kTokens = 5'000;
  CreditPool pools[kThreads] = {pool_of(kTokens), pool_of(kTokens), pool_of(kTokens), pool_of(kTokens)};
  Occupancy occupancy;
  int served = 0;  // guarded by the line, which is what is tested
  SerialLine line([&](TokenPtr, WorkerIndex) {
    occupancy.enter();
    ++served;
    occupancy.leave();
    return true;
  });
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t i = 0; i < kTokens; ++i) {
        line.join(make_token(pools[thread], 0, i));
        line.advance(0);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(served, kThreads * kTokens);
  EXPECT_EQ(occupancy.most(), 1);
}

}  // namespace
}  // namespace weir::runtime
