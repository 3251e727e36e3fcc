// Whole runs that fail on purpose: what the command tells of them, and how it ends.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "stages/formats/file_descriptor.hpp"
#include "tests/cli/command_fixture.hpp"

namespace weir {
namespace {

using test::Answer;
using test::weir;
using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;

class SupervisedRun : public test::CommandInAFolder {
 protected:
  SupervisedRun() {
    std::string rows = "n,text\n";
    for (int row = 1; row <= 5'000; ++row)
      rows += std::to_string(row) + ",row " + std::to_string(row * 7 % 11) + "\n";
    folder_.write("in.csv", rows);
    for (int row = 1; row <= 5'000; row += 2)
      odd_ += std::to_string(row) + ",row " + std::to_string(row * 7 % 11) + "\n";
  }

  // A reader, a filter and a file, with these policies.
  std::string config(const std::string& reader, const std::string& filter, const std::string& file,
                     const std::string& sections = {}) const {
    const auto policy = [](const std::string& text) { return text.empty() ? "" : ", on_error: " + text; };
    return folder_.write("c.yaml", "weir: 1\nstages:\n  - {name: rows, type: read_csv, path: in.csv" +
                                       policy(reader) + "}\n  - {name: odd, type: filter, where: n % 2 = 1" +
                                       policy(filter) + "}\n  - {name: file, type: write_csv, path: odd.csv" +
                                       policy(file) + "}\n" + sections);
  }

  std::string odd_ = "n,text\n";
};

TEST_F(SupervisedRun, GivesWhatAnUndisturbedOneGives) {
  const std::string file = config("[{retry: 3}, fail]", "[{retry: 3}, fail]", "[{retry: 3}, fail]");
  for (const char* faults : {"throw=1%", "throw=100%", "throw=100%,throws_per_record=3", "at_record=100",
                             "delay=50%,delay_max=100us", "finish=100%"}) {
    const Answer answer = weir({"run", file, "--chaos", faults});
    EXPECT_EQ(answer.code, 0) << faults << "\n" << answer.err;
    EXPECT_EQ(folder_.read("odd.csv"), odd_) << faults;
  }
}

TEST_F(SupervisedRun, TellsItsRestartsAndCountsThem) {
  const Answer answer =
      weir({"run", config("restart", "", "restart", "supervisor: {max_restarts: 20, backoff: 1ms}\n"),
            "--chaos", "throw=100%,stages=file+rows", "--report", folder_.path("run.json")});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("odd.csv"), odd_);
  EXPECT_THAT(answer.err, HasSubstr("warning: `file` failed"));
  EXPECT_THAT(answer.err, HasSubstr("; restarting it "));
  EXPECT_THAT(answer.err, ContainsRegex("stage +type +in +out +filtered +dead +skipped.* restarts +busy\n"));
  const auto report = nlohmann::json::parse(folder_.read("run.json"));
  EXPECT_GE(report["restarts"].get<int>(), 2);
  EXPECT_GE(report["stages"][2]["incarnation"].get<int>(), 2);
}

TEST_F(SupervisedRun, FailsWhereItHasMoreRestartsThanItMay) {
  const Answer answer =
      weir({"run", config("", "", "{other: {restart: 100}}", "supervisor: {max_restarts: 2, backoff: 1ms}\n"),
            "--chaos", "throw=100%,throws_per_record=50,stages=file"});
  EXPECT_EQ(answer.code, 1);
  EXPECT_THAT(answer.err,
              HasSubstr("the topmost group had more restarts than it may; the run gives up on `file`"));
  EXPECT_THAT(answer.err, HasSubstr("weir: the run failed in stage `file`"));
  EXPECT_EQ(folder_.list(), "c.yaml\nin.csv\n") << "nothing half-written is left";
}

TEST_F(SupervisedRun, EndsWith65WhereItsThresholdIsExceeded) {
  folder_.write("in.csv", "n,text\n1,a\n2,b,c\n3,d\n4,e,f\n");
  const Answer answer = weir({"run", config("{data: skip, threshold: 25%}", "", "")});
  EXPECT_EQ(answer.code, 65) << answer.err;
  EXPECT_THAT(answer.err, HasSubstr("raise the `threshold` in the `on_error` of `rows`"));
  EXPECT_EQ(weir({"run", config("{data: skip, threshold: 50%}", "", ""), "-q"}).code, 0);
}

TEST_F(SupervisedRun, TellsMachinesAllOfIt) {
  const Answer answer = weir({"run", config("", "", "restart"), "--chaos", "throw=100%,stages=file",
                              "--log-format", "json", "--log-level", "debug"});
  EXPECT_EQ(answer.code, 0);
  std::vector<std::string> events;
  std::istringstream lines(answer.err);
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line);
    events.push_back(event["event"]);
    EXPECT_TRUE(event.contains("time") && event.contains("level")) << line;
  }
  for (const char* kind : {"run_started", "stage_started", "restarting", "restarted", "run_ended"})
    EXPECT_THAT(events, Contains(kind));
}

// A run whose input never ends by itself.
class EndlessRun : public test::CommandInAFolder {
 protected:
  EndlessRun() {
    ::mkfifo(folder_.path("pipe").c_str(), 0600);
    writer_ = FileDescriptor(::open(folder_.path("pipe").c_str(), O_RDWR));
    config_ = folder_.write("c.yaml", R"(weir: 1
stages:
  - {name: rows, type: read_csv, path: pipe, schema: {n: int64}}
  - {name: file, type: write_csv, path: out.csv}
)");
  }

  FileDescriptor writer_;
  std::string config_;
};

TEST_F(EndlessRun, IsDrainedAtItsDeadline) {
  const Answer answer = weir({"run", config_, "--deadline", "100ms", "--report", folder_.path("run.json")});
  EXPECT_EQ(answer.code, 75);
  EXPECT_THAT(answer.err, HasSubstr("warning: the deadline is reached"));
  EXPECT_THAT(answer.err,
              HasSubstr("weir: the deadline was reached: what was in flight is finished, and no output "
                        "was published\n"));
  EXPECT_EQ(nlohmann::json::parse(folder_.read("run.json"))["deadline_reached"], true);
  EXPECT_EQ(folder_.list(), "c.yaml\npipe\nrun.json\n");
}

TEST_F(SupervisedRun, OfChaosTellsTheFirstDifferenceAndHowToRepeatIt) {
  const Answer answer = weir({"chaos", config("", "{other: skip}", ""), "--chaos",
                              "throw=1%,throws_per_record=100,stages=odd", "--seed", "7", "--runs=3"});
  EXPECT_EQ(answer.code, 1);
  EXPECT_THAT(
      answer.err,
      HasSubstr(
          "weir: a run under the faults throw=1%,throws_per_record=100,seed=7,stages=odd gave something "
          "else:\n`file` ("));
  EXPECT_THAT(answer.err,
              ContainsRegex("odd.csv. differs in line [0-9,]+\n  undisturbed:  [0-9]+,row [0-9]+\n"
                            "  under faults: [0-9]+,row [0-9]+\n"));
  EXPECT_THAT(answer.err,
              HasSubstr("  repeat it with: weir chaos " + folder_.path("c.yaml") +
                        " --chaos throw=1%,throws_per_record=100,stages=odd --runs 1 --seed 7\n"));
  EXPECT_EQ(answer.out, "");
}

TEST_F(SupervisedRun, OfChaosTellsAnotherExitCode) {
  const Answer answer = weir({"chaos", config("", "", ""), "--chaos", "throw=100%,stages=odd", "-q"});
  EXPECT_EQ(answer.code, 1);
  EXPECT_THAT(answer.err, HasSubstr("it ended with exit code 1, not 0: the run failed in stage `odd`"));
}

TEST_F(SupervisedRun, OfChaosSurvivesFaultsAtRandom) {
  for (const char* policy : {"[{retry: 3}, fail]", "[{retry: 1}, restart]", "restart"}) {
    const Answer answer =
        weir({"chaos", config(policy, policy, policy, "supervisor: {backoff: 1ms}\n"), "--runs", "20"});
    EXPECT_EQ(answer.code, 0) << policy << "\n" << answer.err;
  }
}

}  // namespace
}  // namespace weir
