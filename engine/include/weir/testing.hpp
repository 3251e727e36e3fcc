// For tests of what is built on weir: time that a test moves, runs that repeat, faults and delays on purpose.
//
//     auto faults = std::make_shared<weir::testing::Faults>();
//     faults->at_value("7", 2);
//     graph.stages[1] = weir::testing::faulty(graph.stages[1], faults);
//     EXPECT_TRUE(weir::testing::run_inline(graph).succeeded());
//
// None of it sleeps or needs a framework of tests. Link weir::testing. weir's own tests use it.
#pragma once

#include "weir/testing/faults.hpp"
#include "weir/testing/manual_clock.hpp"
#include "weir/testing/run_inline.hpp"
#include "weir/testing/timing.hpp"
