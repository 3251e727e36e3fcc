// `weir chaos`: runs under faults, beside one without.

#include <gmock/gmock.h>

#include <sys/stat.h>

#include "tests/cli/command_fixture.hpp"

namespace weir {
namespace {

using test::Answer;
using test::weir;
using testing::HasSubstr;
using testing::Not;

class ChaosCommand : public test::CommandInAFolder {
 protected:
  ChaosCommand() {
    std::string rows = "n,text\n";
    for (int row = 1; row <= 5'000; ++row)
      rows += std::to_string(row) + ",row " + std::to_string(row * 7 % 11) + "\n";
    folder_.write("in.csv", rows);
  }

  // A reader, a filter with this policy, a table and a file.
  std::string config(const std::string& on_error, const std::string& sections = {}) const {
    return folder_.write("c.yaml", R"(weir: 1
stages:
  - {type: read_csv, path: in.csv}
  - {name: odd, type: filter, where: n % 2 = 1, on_error: )" +
                                       on_error +
                                       R"(}
  - {type: print, limit: 3}
  - {name: file, type: write_csv, from: odd, path: out/odd.csv}
)" + sections);
  }
};

TEST_F(ChaosCommand, SaysThatAllRunsGaveTheSameAndLeavesNothingBehind) {
  const Answer answer = weir({"chaos", config("[{retry: 3}, fail]"), "--runs", "3", "--threads", "2"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out, "3 runs under faults gave what the undisturbed one gave: 2 outputs, exit code 0\n");
  EXPECT_EQ(folder_.list(), "c.yaml\nin.csv\n") << "outputs went elsewhere";
}

TEST_F(ChaosCommand, SaysThatNothingThrowsWhereNothingRecovers) {
  EXPECT_THAT(weir({"chaos", config("fail"), "--runs", "1"}).err,
              HasSubstr("no stage has `retry` or `restart` in its `on_error`, so nothing is made to throw"));
  EXPECT_THAT(weir({"chaos", config("restart"), "--runs", "1"}).err,
              Not(HasSubstr("nothing is made to throw")));
  const Answer quiet = weir({"chaos", config("fail"), "--runs", "1", "-q"});
  EXPECT_EQ(quiet.out + quiet.err, "");
}

TEST_F(ChaosCommand, ComparesFailuresAsWell) {
  folder_.write("in.csv", "n,text\n1,a\n2,b,c\n");
  const Answer answer = weir({"chaos", config("[{retry: 3}, fail]"), "--runs", "2"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_THAT(answer.err, HasSubstr("undisturbed, the run failed in stage `read_csv`"));
  EXPECT_THAT(answer.out, HasSubstr("exit code 65"));
}

TEST_F(ChaosCommand, ChecksTheFaultsThatItIsGiven) {
  const Answer answer = weir({"chaos", config("restart"), "--chaos", "throws=1%"});
  EXPECT_EQ(answer.code, 78);
  EXPECT_THAT(answer.err, HasSubstr("--chaos:1:1: chaos.throws: there is no chaos option `throws`"));
}

TEST_F(ChaosCommand, RefusesAnInputThatCanBeReadOnlyOnce) {
  ::mkfifo(folder_.path("pipe").c_str(), 0600);
  const Answer answer = weir({"chaos", config("restart"), "--set", "read_csv.path=" + folder_.path("pipe"),
                              "--set", "read_csv.schema={n: int64, text: string}"});
  EXPECT_EQ(answer.code, 64);
  EXPECT_THAT(answer.err, HasSubstr("`read_csv` reads an input that can be read only once"));
}

TEST(ChaosCommandLine, IsAnsweredWithAMendWhereItIsWrong) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table = {
      {{"chaos"}, "which config? For example: weir chaos configs/busiest_airports.yaml"},
      {{"chaos", "a.yaml", "--runs", "0"}, "--runs wants a number from 1 to 1000000, not `0`"},
      {{"chaos", "a.yaml", "--seed", "x"}, "--seed wants a number from 0 to "},
      {{"chaos", "a.yaml", "--run", "3"}, "there is no option `--run`; did you mean `--runs`?"},
  };
  for (const auto& [args, message] : table) {
    const Answer answer = weir(args);
    EXPECT_EQ(answer.code, 64) << message;
    EXPECT_THAT(answer.err, HasSubstr("weir: " + message));
  }
  EXPECT_THAT(weir({"chaos", "--help"}).out, HasSubstr("throws_per_record"));
}

}  // namespace
}  // namespace weir
