#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "stages/config/stage_config.hpp"
#include "tests/cli/command_fixture.hpp"

namespace weir {
namespace {

using test::Answer;
using test::weir;
using testing::HasSubstr;

TEST(Command, TellsItsVersion) {
  const Answer answer = weir({"--version"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_THAT(answer.out, testing::MatchesRegex("weir [0-9.]+\n"));
  EXPECT_EQ(answer.err, "");
}

TEST(Command, HelpsWithItselfAndEachOfItsCommands) {
  EXPECT_THAT(weir({"--help"}).out, HasSubstr("weir run flights.yaml"));
  EXPECT_THAT(weir({"run", "--help"}).out, HasSubstr("--set late.where='delay > 60'"));
  EXPECT_THAT(weir({"run", "--help"}).out, HasSubstr("--threads N"));
  EXPECT_THAT(weir({"run", "--help"}).out, HasSubstr("throws_per_record"));
  EXPECT_THAT(weir({"validate", "-h"}).out, HasSubstr("--errors"));
  EXPECT_THAT(weir({"stages", "--help"}).out, HasSubstr("weir stages aggregate"));
  EXPECT_EQ(weir({"run", "--help"}).code, 0);
}

TEST(Command, AnswersAWrongCommandLineWithAMend) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table = {
      {{}, "which command? `weir --help` tells them"},
      {{"rnu"}, "there is no command `rnu`; did you mean `run`?"},
      {{"frobnicate"},
       "there is no command `frobnicate`; one of: --help, --version, run, replay, chaos, validate, stages"},
      {{"--verison"}, "there is no command `--verison`; did you mean `--version`?"},
      {{"run"}, "which config? For example: weir run configs/busiest_airports.yaml"},
      {{"run", "a.yaml", "b.yaml"}, "one config at a time; the second is `b.yaml`"},
      {{"run", "a.yaml", "--thread", "2"}, "there is no option `--thread`; did you mean `--threads`?"},
      {{"run", "a.yaml", "--threads", "0"}, "--threads wants a number from 1 to 1024, not `0`"},
      {{"run", "a.yaml", "--threads", "two"}, "--threads wants a number from 1 to 1024, not `two`"},
      {{"run", "a.yaml", "--var", "late"}, "--var wants NAME=VALUE, not `late`"},
      {{"run", "a.yaml", "--set", "=x"}, "--set wants STAGE.KEY=VALUE, not `=x`"},
      {{"run", "a.yaml", "--errors", "xml"}, "--errors wants text or json, not `xml`"},
      {{"run", "a.yaml", "--deadline", "90"}, "--deadline wants a time such as 90s, 5m or 1h, not `90`"},
      {{"run", "a.yaml", "--deadline", "0s"}, "--deadline wants a time such as 90s, 5m or 1h, not `0s`"},
      {{"run", "a.yaml", "--log-format", "xml"}, "--log-format wants text or json, not `xml`"},
      {{"run", "a.yaml", "--log-level", "loud"},
       "--log-level wants error, warning, info or debug, not `loud`"},
      {{"validate", "a.yaml", "--threads", "2"}, "there is no option `--threads`; "},
      {{"stages", "filtre"}, "there is no stage type `filtre`; did you mean `filter`?"},
      {{"stages", "filter", "sort"}, "one stage at a time; the second is `sort`"},
  };
  for (const auto& [args, message] : table) {
    const Answer answer = weir(args);
    EXPECT_EQ(answer.code, 64) << message;
    EXPECT_EQ(answer.out, "") << message;
    EXPECT_THAT(answer.err, HasSubstr("weir: " + message));
  }
}

TEST(Command, KnowsAConfigWithoutItsCommand) {
  const test::TemporaryFolder folder;
  const std::string config = folder.write("x.yaml", "weir: 1\n");
  EXPECT_THAT(weir({config}).err, HasSubstr("did you mean `weir run " + config + "`?"));
}

TEST(StagesCommand, TellsEveryStageAndItsOptions) {
  const Answer all = weir({"stages"});
  EXPECT_EQ(all.code, 0);
  for (const char* text :
       {"Sources\n", "Transforms\n", "Sinks\n", "  read_csv ", "  aggregate ", "  print "}) {
    EXPECT_THAT(all.out, HasSubstr(text));
  }
  for (const std::string& key : common_stage_keys()) {
    if (key != "type") {
      EXPECT_THAT(all.out, HasSubstr("\n  " + key + " ")) << "which every stage may have";
    }
  }
  const Answer one = weir({"stages", "filter"});
  EXPECT_EQ(one.code, 0);
  for (const char* text : {"filter: ", "\nInputs\n", "\nOutputs\n", "  rest ", "\nOptions\n", "  where ",
                           "required", "\nExample\n  - type: filter\n"}) {
    EXPECT_THAT(one.out, HasSubstr(text));
  }
}

class PipelineCommand : public test::CommandInAFolder {
 protected:
  PipelineCommand() {
    folder_.write("in.csv", "name,size\nann,3\nbob,5\ncy,1\n");
    folder_.write("good.yaml", R"(weir: 1
vars: {input: in.csv}
stages:
  - {type: read_csv, path: "${input}"}
  - {type: filter, where: size > 2}
  - {type: write_csv, path: out.csv}
)");
  }

  // Runs a pipeline from `in` to out.csv whose reader has these further options.
  Answer run_on(const std::string& csv, const std::string& reader_options,
                const std::string& more_stages = {}) {
    folder_.write("dirty.csv", csv);
    const std::string config = folder_.write(
        "dirty.yaml", "weir: 1\nstages:\n  - {type: read_csv, path: dirty.csv, " + reader_options +
                          "}\n  - {type: write_csv, path: out.csv}\n" + more_stages);
    return weir({"run", config});
  }
};

TEST_F(PipelineCommand, RunsAndSummarises) {
  const Answer answer = weir({"run", folder_.path("good.yaml"), "--threads", "2"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("out.csv"), "name,size\nann,3\nbob,5\n");
  EXPECT_THAT(answer.err, HasSubstr("stage      type       in  out  filtered  dead  skipped"));
  EXPECT_THAT(answer.err, HasSubstr("filter     filter      3    2         1     -        -"));
  EXPECT_THAT(answer.err, HasSubstr("good succeeded: 3 rows"));
}

TEST_F(PipelineCommand, IsSilentWhenAskedTo) {
  const Answer answer = weir({"run", folder_.path("good.yaml"), "--quiet"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(answer.err, "");
}

TEST_F(PipelineCommand, WritesAReportForMachines) {
  EXPECT_EQ(weir({"run", folder_.path("good.yaml"), "--report", folder_.path("run.json")}).code, 0);
  const auto report = nlohmann::json::parse(folder_.read("run.json"));
  EXPECT_EQ(report["status"], "succeeded");
  EXPECT_EQ(report["stages"][1]["name"], "filter");
  EXPECT_EQ(report["stages"][1]["filtered"], 1);
  EXPECT_EQ(report["stages"][1]["restarts"], 0);
  EXPECT_TRUE(report["stages"][1].contains("incarnation"));
  EXPECT_EQ(report["restarts"], 0);
  EXPECT_EQ(report["deadline_reached"], false);
  EXPECT_EQ(report["hung"].size(), 0u);
  EXPECT_EQ(report["imbalances"].size(), 0u);
  EXPECT_EQ(folder_.list(), "good.yaml\nin.csv\nout.csv\nrun.json\n");
}

TEST_F(PipelineCommand, TellsNothingButJsonWhereItsLogIsForMachines) {
  const Answer answer = weir({"run", folder_.path("good.yaml"), "--log-format", "json"});
  EXPECT_EQ(answer.code, 0);
  std::istringstream lines(answer.err);
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  EXPECT_EQ(folder_.read("out.csv"), "name,size\nann,3\nbob,5\n");
}

TEST_F(PipelineCommand, ChecksTheFaultsThatItIsToInject) {
  const Answer answer = weir({"run", folder_.path("good.yaml"), "--chaos", "throw=1,stages=filtre"});
  EXPECT_EQ(answer.code, 78);
  EXPECT_THAT(answer.err, HasSubstr("--chaos:1:7: chaos.throw: this wants a share from 0% to 100%, not `1`"));
}

TEST_F(PipelineCommand, RefusesAReportThatCannotBeWrittenBeforeItRuns) {
  const Answer answer =
      weir({"run", folder_.path("good.yaml"), "--report", folder_.path("no/such/run.json")});
  EXPECT_EQ(answer.code, 73);
  EXPECT_THAT(answer.err, HasSubstr("the report cannot be written: "));
  EXPECT_EQ(folder_.read("out.csv"), "");
}

TEST_F(PipelineCommand, TakesVariablesAndSettings) {
  const std::string other = folder_.write("other.csv", "name,size\ndan,9\n");
  const Answer answer = weir({"run", folder_.path("good.yaml"), "--var", "input=" + other, "--set",
                              "filter.where=size = 9 and name <> 'x,y'", "-q"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("out.csv"), "name,size\ndan,9\n");
}

TEST_F(PipelineCommand, ValidatesAndTellsWhatFlows) {
  const Answer answer = weir({"validate", folder_.path("good.yaml")});
  EXPECT_EQ(answer.code, 0);
  EXPECT_THAT(answer.out, HasSubstr("good.yaml is valid: 3 stages\n"));
  EXPECT_THAT(answer.out, HasSubstr("  read_csv   read_csv   name string, size int64\n"));
  EXPECT_EQ(folder_.list(), "good.yaml\nin.csv\n") << "validate writes nothing";
}

TEST_F(PipelineCommand, TellsAllProblemsOfAConfigAtOnce) {
  const std::string config = folder_.write("bad.yaml", R"(weir: 1
stages:
  - {type: read_csv, path: in.csv}
  - type: filter
    where: sise > 2
  - type: select
    columns: [name, lenght(name)]
  - {type: write_csv, path: out.csv, headr: false}
)");
  const Answer answer = weir({"validate", config});
  EXPECT_EQ(answer.code, 78);
  EXPECT_EQ(answer.out, "");
  EXPECT_THAT(answer.err, HasSubstr("bad.yaml:5:12: filter.where: "));
  EXPECT_THAT(answer.err, HasSubstr("    5 |     where: sise > 2\n      |            ^~~~\n"));
  EXPECT_THAT(answer.err, HasSubstr("did you mean `size`?"));
  EXPECT_THAT(answer.err, HasSubstr("bad.yaml:7:21: select.columns[1]: "));
  EXPECT_THAT(answer.err, HasSubstr("did you mean `length`?"));
  EXPECT_THAT(answer.err, HasSubstr("did you mean `header`?"));
}

TEST_F(PipelineCommand, TellsProblemsToMachines) {
  const std::string config = folder_.write("bad.yaml", "weir: 1\nstages:\n  - {type: red_csv, path: x}\n");
  const Answer answer = weir({"run", config, "--errors", "json"});
  EXPECT_EQ(answer.code, 78);
  const auto errors = nlohmann::json::parse(answer.err)["errors"];
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0]["file"], config);
  EXPECT_EQ(errors[0]["line"], 3);
  EXPECT_EQ(errors[0]["column"], 12);
  EXPECT_EQ(errors[0]["field"], "red_csv.type");
  EXPECT_EQ(errors[0]["mend"], "did you mean `read_csv`?");
}

TEST_F(PipelineCommand, SaysThatTheConfigIsMissing) {
  const Answer answer = weir({"run", folder_.path("none.yaml")});
  EXPECT_EQ(answer.code, 66);
  EXPECT_THAT(answer.err, HasSubstr("none.yaml: the config cannot be read: No such file or directory"));
}

TEST_F(PipelineCommand, SaysWhichInputIsMissingAndWhoNamesIt) {
  const Answer answer =
      weir({"run", folder_.path("good.yaml"), "--set", "read_csv.path=" + folder_.path("none.csv")});
  EXPECT_EQ(answer.code, 66);
  EXPECT_THAT(answer.err, HasSubstr(folder_.path("none.csv")));
  EXPECT_THAT(answer.err, HasSubstr("read_csv.path"));
}

TEST_F(PipelineCommand, EndsWith65AtARecordThatDoesNotFit) {
  const Answer answer = run_on("a,b\n1,2\n3,4,5\n", "check: all");
  EXPECT_EQ(answer.code, 65);
  EXPECT_THAT(answer.err, HasSubstr("the run failed in stage `read_csv`"));
  EXPECT_THAT(answer.err, HasSubstr("dirty.csv:3"));
  EXPECT_THAT(answer.err, HasSubstr("on_error: skip"));
  EXPECT_EQ(folder_.list(), "dirty.csv\ndirty.yaml\ngood.yaml\nin.csv\n") << "nothing half-written is left";
}

TEST_F(PipelineCommand, SkipsRecordsThatDoNotFitWhereAllowed) {
  const Answer answer = run_on("a,b\n1,2\n3,4,5\n6,7\n", "on_error: skip");
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("out.csv"), "a,b\n1,2\n6,7\n");
}

TEST_F(PipelineCommand, KeepsRecordsThatDoNotFitAsDeadLetters) {
  const Answer answer = run_on("a,b\n1,2\n3,4,5\n6,7\n", "on_error: dead_letter",
                               "  - {type: write_ndjson, from: read_csv.errors, path: bad.ndjson}\n");
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("out.csv"), "a,b\n1,2\n6,7\n");
  const auto letter = nlohmann::json::parse(folder_.read("bad.ndjson"));
  EXPECT_EQ(letter["stage"], "read_csv");
  EXPECT_EQ(letter["error_class"], "data");
  EXPECT_EQ(letter["file"], folder_.path("dirty.csv"));
  EXPECT_EQ(letter["line"], 3);
}

TEST_F(PipelineCommand, KeepsTheTextThatAReaderRefusedByteForByte) {
  const std::vector<std::string> refused = {"7,\"a \"\"quoted\"\"\r\n,line\",3", "{\"a\": 1}",
                                            "z\xC3\xBC\\\trich", "\"never closed\n1,2\n"};
  std::string csv = "a,b\r\n1,2\r\n";
  for (const std::string& record : refused)
    csv += record + "\r\n";
  const Answer answer = run_on(csv, "on_error: dead_letter",
                               "  - {type: write_ndjson, from: read_csv.errors, path: bad.ndjson}\n"
                               "  - {type: write_csv, name: bad, from: read_csv.errors, path: bad.csv}\n");
  EXPECT_EQ(answer.code, 0) << answer.err;
  std::istringstream letters(folder_.read("bad.ndjson"));
  std::vector<std::string> kept;
  for (std::string letter; std::getline(letters, letter);)
    kept.push_back(nlohmann::json::parse(letter)["record"]);
  EXPECT_THAT(kept,
              testing::ElementsAre(refused[0], refused[1], refused[2], testing::StartsWith(refused[3])));
  EXPECT_THAT(folder_.read("bad.csv"), HasSubstr(",\"{\"\"a\"\": 1}\"\n"));
}

TEST_F(PipelineCommand, KeepsARecordThatAnotherStageRefusedAsJson) {
  const std::string config = folder_.write("divide.yaml", R"(weir: 1
stages:
  - {type: read_csv, path: in.csv}
  - {type: derive, set: {share: 1 // (size - 5)}, on_error: dead_letter}
  - {type: write_csv, path: out.csv}
  - {type: write_ndjson, from: derive.errors, path: bad.ndjson}
)");
  const Answer answer = weir({"run", config});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(nlohmann::json::parse(folder_.read("bad.ndjson"))["record"], R"({"name": "bob", "size": 5})");
}

TEST_F(PipelineCommand, MergesFilesWhoseColumnsStandInAnotherOrder) {
  folder_.write("more.csv", "size,name\n9,dan\n");
  const std::string config = folder_.write("merge.yaml", R"(weir: 1
stages:
  - {type: read_csv, name: one, path: in.csv}
  - {type: read_csv, name: two, path: more.csv}
  - {type: filter, where: size > 2, from: [one, two]}
  - {type: write_csv, path: out.csv}
)");
  const Answer answer = weir({"run", config});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("out.csv"), "name,size\nann,3\nbob,5\ndan,9\n");
}

TEST_F(PipelineCommand, GoesOnToFindProblemsBelowAReaderThatWasAskedForTooMuch) {
  const std::string config = folder_.write("bad.yaml", R"(weir: 1
stages:
  - {type: read_csv, path: in.csv, types: {weight: double}}
  - {type: filter, where: sise > 2}
  - {type: write_csv, path: out.csv}
)");
  const Answer answer = weir({"validate", config});
  EXPECT_THAT(answer.err, HasSubstr("read_csv.types.weight"));
  EXPECT_THAT(answer.err, HasSubstr("did you mean `size`?"));
}

// Uses the columns of its files in every way that there is.
constexpr const char* kEveryUse = R"(weir: 1
stages:
  - {type: read_csv, name: flights, path: flights.csv}
  - {type: filter, where: delay > 15 and not cancelled}
  - {type: derive, set: {hours: delay / 60, day: 'date_trunc(''day'', date)', slow: hours > 0.5}}
  - {type: write_csv, name: copy, path: copy.csv}
  - {type: aggregate, name: by_carrier, from: derive, group_by: [carrier, day],
     select: {flights: count(*), total: sum(delay), mean: 'round(avg(hours), 2)', worst: max(delay)}}
  - {type: join, name: named, from: {left: by_carrier, right: carriers}, on: {carrier: code}, how: left}
  - {type: sort, by: [worst desc, day, carrier]}
  - {type: write_csv, path: out.csv}
  - {type: write_ndjson, from: sort, path: out.ndjson}
  - {type: aggregate, name: all, from: derive, select: {flights: count(*), total: sum(delay), late: total > 60}}
  - {type: write_csv, name: totals, path: totals.csv}
  - {type: read_csv, name: carriers, path: carriers.csv}
)";

TEST_F(PipelineCommand, RunsOnFilesOfOnlyAHeader) {
  folder_.write("flights.csv", "date,carrier,delay,cancelled\n");
  folder_.write("carriers.csv", "code,carrier_name\n");
  const Answer answer = weir({"run", folder_.write("every_use.yaml", kEveryUse), "-q"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("copy.csv"), "date,carrier,delay,cancelled,hours,day,slow\n");
  EXPECT_EQ(folder_.read("out.csv"), "carrier,day,flights,total,mean,worst,code,carrier_name\n");
  EXPECT_EQ(folder_.read("out.ndjson"), "");
  EXPECT_EQ(folder_.read("totals.csv"), "flights,total,late\n0,,\n");
}

TEST_F(PipelineCommand, RunsOnFilesWithoutAValueInSomeColumns) {
  folder_.write("flights.csv", "date,carrier,delay,cancelled\n,,20,false\n,,40,false\n");
  folder_.write("carriers.csv", "code,carrier_name\n,nobody\n7,\n");
  const Answer answer = weir({"run", folder_.write("every_use.yaml", kEveryUse), "-q"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("copy.csv"),
            "date,carrier,delay,cancelled,hours,day,slow\n,,20,false,0.3333333333333333,,false\n"
            ",,40,false,0.6666666666666666,,true\n");
  EXPECT_EQ(folder_.read("out.csv"),
            "carrier,day,flights,total,mean,worst,code,carrier_name\n,,2,60,0.5,40,,\n");
  EXPECT_EQ(
      folder_.read("out.ndjson"),
      "{\"carrier\":null,\"day\":null,\"flights\":2,\"total\":60,\"mean\":0.5,\"worst\":40,\"code\":null,"
      "\"carrier_name\":null}\n");
  EXPECT_EQ(folder_.read("totals.csv"), "flights,total,late\n2,60,false\n");
}

TEST_F(PipelineCommand, TellsColumnsWithoutValuesWhenItValidates) {
  folder_.write("in.csv", "name,size\nann,\n");
  const Answer answer = weir({"validate", folder_.path("good.yaml")});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("  read_csv   read_csv   name string, size null\n"));
}

TEST_F(PipelineCommand, RunsOnAnEmptyFileWithASchema) {
  folder_.write("in.csv", "");
  const Answer without = weir({"run", folder_.path("good.yaml"), "-q"});
  EXPECT_EQ(without.code, 66);
  EXPECT_THAT(without.err, HasSubstr("the file is empty, so that its columns are not known"));
  const Answer with =
      weir({"run", folder_.path("good.yaml"), "-q", "--set", "read_csv.schema={name: string, size: int64}"});
  EXPECT_EQ(with.code, 0) << with.err;
  EXPECT_EQ(folder_.read("out.csv"), "name,size\n");
}

TEST_F(PipelineCommand, PrintsTheHeaderOfATableWithoutRows) {
  folder_.write("in.csv", "name,size\n");
  const std::string config = folder_.write(
      "print.yaml",
      "weir: 1\nstages:\n  - {type: read_csv, path: in.csv}\n  - {type: filter, where: size > 2}\n"
      "  - {type: print}\n");
  testing::internal::CaptureStdout();
  const Answer answer = weir({"run", config, "-q"});
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "name  size\n----  ----\n");
  EXPECT_EQ(answer.code, 0) << answer.err;
}

TEST_F(PipelineCommand, MergesAFileWithoutValuesWithOneThatHasThem) {
  folder_.write("more.csv", "name,size\nnobody,\n");
  folder_.write("none.csv", "size,name\n");
  const std::string config = folder_.write("merge.yaml", R"(weir: 1
stages:
  - {type: read_csv, name: none, path: none.csv}
  - {type: read_csv, name: more, path: more.csv}
  - {type: read_csv, name: some, path: in.csv}
  - {type: derive, set: {double_size: size * 2}, from: [none, more, some]}
  - {type: write_csv, path: out.csv}
)");
  const Answer answer = weir({"run", config, "-q"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("out.csv"), "size,name,double_size\n,nobody,\n3,ann,6\n5,bob,10\n1,cy,2\n");
}

TEST_F(PipelineCommand, EndsWith73WhereAnOutputCannotBeMade) {
  const std::string below_a_file = folder_.path("in.csv") + "/out.csv";
  const Answer answer = weir({"run", folder_.path("good.yaml"), "--set", "write_csv.path=" + below_a_file});
  EXPECT_EQ(answer.code, 73) << answer.err;
  EXPECT_THAT(answer.err, HasSubstr(below_a_file));
}

}  // namespace
}  // namespace weir
