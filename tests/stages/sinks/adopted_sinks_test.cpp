// A sink that fails and is begun again goes on where it stood: nothing is written twice, nothing is lost.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/batches.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/configured.hpp"
#include "tests/stages/testing/failing_allocation.hpp"
#include "tests/stages/testing/temporary_folder.hpp"

namespace weir {
namespace {

using testing::batch_of;
using testing::CollectingEmitter;
using testing::FailingAllocation;
using testing::integers;
using testing::map_of;
using testing::scalar;
using testing::strings;

/// More than any call of a sink makes.
constexpr std::size_t kAllocationsMax = 60;

struct SinkCase {
  const char* name;
  StageDescription (*describe)();
  const char* written;  ///< for the two batches of the test
};

void PrintTo(const SinkCase& sink, std::ostream* out) { *out << sink.name; }

class AdoptedSinks : public ::testing::TestWithParam<SinkCase> {
 protected:
  AdoptedSinks() {
    const bool has_path = std::string(GetParam().name) != "print";
    config_ = has_path ? map_of({{"path", scalar(folder_.file("out"))}}) : map_of({{"limit", scalar("3")}});
    plan_ = GetParam().describe().plan(Options("out", config_, problems_, {}));
    plan_->bind({&first_->schema(), 1}, problems_);
    plan_->needs({});
    spec_ = std::get<SinkSpec>(plan_->make().body);
  }

  std::unique_ptr<Sink> opened() const {
    auto sink = spec_.make();
    sink->open();
    return sink;
  }
  std::unique_ptr<Sink> adopting(std::unique_ptr<Sink> failed) const {
    auto sink = spec_.make();
    sink->adopt(*failed);
    return sink;
  }

  void write(Sink& sink, const Batch& batch) { sink.write(sink.encode(batch, out_), out_); }

  // What it publishes, in the file or on standard output.
  std::string published(Sink& sink) {
    ::testing::internal::CaptureStdout();
    sink.prepare();
    sink.commit();
    const std::string printed = ::testing::internal::GetCapturedStdout();
    return folder_.has("out") ? folder_.read("out") : printed;
  }

  const std::shared_ptr<const RecordBatch> first_ =
      batch_of({{"n", integers({1, 2})}, {"s", strings({"a text that is longer than its slot", "b"})}});
  const std::shared_ptr<const RecordBatch> second_ = batch_of({{"n", integers({3})}, {"s", strings({"c"})}});
  testing::TemporaryFolder folder_;
  Problems problems_;
  ConfigValue config_;
  std::unique_ptr<StagePlan> plan_;
  SinkSpec spec_;
  CollectingEmitter out_;
};

TEST_P(AdoptedSinks, GoOnWithAllThatWasWritten) {
  auto sink = adopting(opened());
  write(*sink, first_);
  sink = adopting(std::move(sink));
  sink = adopting(std::move(sink));
  write(*sink, second_);
  sink = adopting(std::move(sink));
  EXPECT_EQ(published(*sink), GetParam().written);
}

TEST_P(AdoptedSinks, OpenWhereTheFailedOneNeverDid) {
  auto sink = adopting(spec_.make());
  write(*sink, first_);
  write(*sink, second_);
  EXPECT_EQ(published(*sink), GetParam().written);
}

TEST_P(AdoptedSinks, MayFailAtAnyPointOfAnyCall) {
  bool failed = false;
  for (std::size_t allocation = 0; allocation < kAllocationsMax; ++allocation) {
    auto sink = opened();
    // The call, with one allocation that fails; a restart in which one fails, too; and, where it failed, the
    // call again.
    const auto insisting = [&](const auto& call) {
      bool again = false;
      try {
        const FailingAllocation failing(allocation);
        call(*sink);
      } catch (const std::bad_alloc&) {
        again = failed = true;
      }
      auto next = spec_.make();
      try {
        const FailingAllocation failing(allocation);
        next->adopt(*sink);
      } catch (const std::bad_alloc&) {
        failed = true;
        next = spec_.make();
        next->adopt(*sink);
      }
      sink = std::move(next);
      if (again) call(*sink);
    };
    for (const auto& batch : {first_, second_}) {
      const Batch encoded = sink->encode(batch, out_);
      insisting([&](Sink& each) { each.write(encoded, out_); });
    }
    insisting([](Sink& each) { each.prepare(); });
    EXPECT_EQ(published(*sink), GetParam().written) << allocation;
    std::filesystem::remove(folder_.file("out"));
  }
  EXPECT_EQ(failed, std::string(GetParam().name) == "print") << "those that write files allocate nothing";
  EXPECT_EQ(folder_.entries(), 0u) << "no temporary file is left";
}

INSTANTIATE_TEST_SUITE_P(
    Sinks, AdoptedSinks,
    ::testing::Values(
        SinkCase{"write_csv", describe_write_csv, "n,s\n1,a text that is longer than its slot\n2,b\n3,c\n"},
        SinkCase{"write_ndjson", describe_write_ndjson,
                 "{\"n\":1,\"s\":\"a text that is longer than its slot\"}\n{\"n\":2,\"s\":\"b\"}\n"
                 "{\"n\":3,\"s\":\"c\"}\n"},
        SinkCase{"print", describe_print,
                 "n  s\n-  -----------------------------------\n"
                 "1  a text that is longer than its slot\n2  b\n3  c\n"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace weir
