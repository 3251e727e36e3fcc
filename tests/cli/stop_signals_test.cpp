#include "cli/stop_signals.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <future>

namespace weir {
namespace {

TEST(StopSignals, TellTheFirstFromTheSecond) {
  StopSignals signals;
  std::promise<void> first;
  std::promise<int> second;
  signals.listen([&] { first.set_value(); }, [&](int signal) { second.set_value(signal); });
  kill(getpid(), SIGINT);
  first.get_future().wait();
  kill(getpid(), SIGTERM);
  EXPECT_EQ(second.get_future().get(), SIGTERM);
  EXPECT_EQ(signals.stop_listening(), SIGTERM);
}

TEST(StopSignals, SayZeroWhereNoneCame) {
  StopSignals signals;
  signals.listen([] { FAIL() << "no signal was sent"; }, [](int) { FAIL() << "no signal was sent"; });
  EXPECT_EQ(signals.stop_listening(), 0);
}

TEST(StopSignals, DoNotEndAProcessThatHasFinishedButWaitForItsNextRun) {
  { StopSignals done; }
  kill(getpid(), SIGTERM);
  StopSignals next;
  std::promise<void> first;
  next.listen([&] { first.set_value(); }, [](int) { FAIL() << "one signal was sent"; });
  first.get_future().wait();
  EXPECT_EQ(next.stop_listening(), SIGTERM);
}

}  // namespace
}  // namespace weir
