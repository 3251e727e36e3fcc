// `weir replay`, from the letters of a real run to what becomes of them.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command_fixture.hpp"

namespace weir {
namespace {

using test::Answer;
using test::weir;
using testing::HasSubstr;

// People, their city looked up, and each one's share, which two of them do not have.
class ReplayCommand : public test::CommandInAFolder {
 protected:
  ReplayCommand() {
    folder_.write("people.csv", "name,size,parts\nann,3,1\nbob,5,0\ncy,1,2\ndan,10,0\n");
    folder_.write("cities.csv",
                  "who,city\nann,Rome\nbob,Bonn\ncy,Cork\ndan,Dole\neve,Evora\n\"fay, the elder\",Faro\n");
    config_ = folder_.write("c.yaml", R"(weir: 1
vars: {folder: first}
stages:
  - {name: people, type: read_csv, path: people.csv}
  - {name: cities, type: read_csv, path: cities.csv}
  - {name: shares, type: derive, from: people, set: {share: size / parts}, on_error: {data: dead_letter}}
  - {name: located, type: join, from: {left: shares, right: cities}, on: {name: who}}
  - {name: file, type: write_csv, path: "${folder}/out.csv"}
  - {name: bad, type: write_ndjson, from: shares.errors, path: "${folder}/bad.ndjson"}
  - {name: cities_file, type: write_csv, from: cities, path: "${folder}/cities.csv"}
)");
  }

  std::string letters() const { return folder_.path("first/bad.ndjson"); }
  std::string into(const std::string& folder) const { return "folder=" + folder_.path(folder); }

  Answer replay_letters(const std::string& text) const {
    return weir({"replay", folder_.write("letters.ndjson", text), "--into", config_, "--var", into("again")});
  }

  std::string config_;
};

TEST_F(ReplayCommand, GivesMendedRecordsTheirWayThroughThePipeline) {
  ASSERT_EQ(weir({"run", config_, "-q"}).code, 0);
  EXPECT_EQ(folder_.read("first/out.csv"),
            "name,size,parts,share,who,city\nann,3,1,3,ann,Rome\ncy,1,2,0.5,cy,Cork\n");
  const Answer answer =
      weir({"replay", letters(), "--into", config_, "--var", into("again"), "--set",
            "shares.set.share=size / nullif(parts, 0)", "--report", folder_.path("run.json")});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("again/out.csv"),
            "name,size,parts,share,who,city\nbob,5,0,,bob,Bonn\ndan,10,0,,dan,Dole\n");
  EXPECT_EQ(folder_.read("again/bad.ndjson"), "");
  EXPECT_EQ(folder_.read("again/cities.csv"), "") << "what did not fail is not written again";
  const auto report = nlohmann::json::parse(folder_.read("run.json"));
  EXPECT_EQ(report["imbalances"].size(), 0u);
  EXPECT_THAT(answer.err, HasSubstr("letters > shares  replay"));
}

TEST_F(ReplayCommand, KeepsTheOriginsOfRecordsThatFailAgain) {
  ASSERT_EQ(weir({"run", config_, "-q"}).code, 0);
  ASSERT_EQ(weir({"replay", letters(), "--into", config_, "--var", into("again"), "-q"}).code, 0);
  EXPECT_EQ(folder_.read("again/out.csv"), "name,size,parts,share,who,city\n");
  std::istringstream lines(folder_.read("again/bad.ndjson"));
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const auto letter = nlohmann::json::parse(line);
  EXPECT_EQ(letter["file"], folder_.path("people.csv"));
  EXPECT_EQ(letter["line"], 3);
}

TEST_F(ReplayCommand, ReplacesNoResultUnlessItIsToldTo) {
  ASSERT_EQ(weir({"run", config_, "-q"}).code, 0);
  const Answer refused = weir({"replay", letters(), "--into", config_});
  EXPECT_EQ(refused.code, 73);
  EXPECT_THAT(refused.err,
              HasSubstr("c.yaml: file.path: '" + folder_.path("first/out.csv") +
                        "' is there already, and a replay would replace it\n"
                        "      = write elsewhere: --set file.path=...; or replace it: --overwrite\n"));
  EXPECT_THAT(refused.err, HasSubstr("bad.path"));
  EXPECT_THAT(refused.err, testing::Not(HasSubstr("cities_file"))) << "it takes no part";

  const Answer answer = weir({"replay", letters(), "--into", config_, "--overwrite", "-q", "--set",
                              "shares.set.share=size / nullif(parts, 0)"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("first/bad.ndjson"), "") << "the letters themselves may be replaced, too";
}

TEST_F(ReplayCommand, ReadsAgainWhatAReaderRefused) {
  const Answer answer = replay_letters(
      R"({"stage": "people", "record": "eve,7,2", "file": "people.csv", "line": 9, "byte_offset": 100})"
      "\n"
      R"({"stage": "people", "record": "\"fay, the elder\",8,4\n", "file": "people.csv", "line": 12})"
      "\n");
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("again/out.csv"),
            "name,size,parts,share,who,city\n"
            "eve,7,2,3.5,eve,Evora\n\"fay, the elder\",8,4,2,\"fay, the elder\",Faro\n");
}

TEST_F(ReplayCommand, ReadsAgainWhatAReaderRefusedInARun) {
  folder_.write("sizes.csv", "name,size\nann,3\nbob,\"4,5\"\ncy,five\n\"dan\n2\",6,7\n");
  const std::string config = folder_.write("sizes.yaml", R"(weir: 1
vars: {folder: first}
stages:
  - {name: sizes, type: read_csv, path: sizes.csv, types: {size: int64}, check: all, on_error: {data: dead_letter}}
  - {name: file, type: write_csv, path: "${folder}/out.csv"}
  - {name: bad, type: write_ndjson, from: sizes.errors, path: "${folder}/bad.ndjson"}
)");
  ASSERT_EQ(weir({"run", config, "-q"}).code, 0);
  EXPECT_EQ(folder_.read("first/out.csv"), "name,size\nann,3\n");
  const Answer answer = weir({"replay", letters(), "--into", config, "--var", into("again"), "--set",
                              "sizes.types.size=string", "-q"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(folder_.read("again/out.csv"), "name,size\nbob,\"4,5\"\ncy,five\n");
  const auto letter = nlohmann::json::parse(folder_.read("again/bad.ndjson"));
  EXPECT_EQ(letter["record"], "\"dan\n2\",6,7");
  EXPECT_EQ(letter["line"], 5);
}

TEST_F(ReplayCommand, SaysWhichLinesAreNoLetters) {
  const Answer answer = replay_letters(
      "{\"stage\": \"shares\", \"record\": \"{}\"}\nname,size\n\n[1]\n{\"stage\": \"shares\"}\n{\"record\": "
      "\"{}\"}\n");
  EXPECT_EQ(answer.code, 65);
  for (const char* line :
       {"letters.ndjson:2: this line is no JSON object, so no dead letter",
        "letters.ndjson:4: this line is no JSON object, so no dead letter",
        "letters.ndjson:5: a dead letter has `stage` and `record`, and this line has no text `record`",
        "letters.ndjson:6: a dead letter has `stage` and `record`, and this line has no text `stage`"})
    EXPECT_THAT(answer.err, HasSubstr(line));
}

TEST_F(ReplayCommand, SaysWhatDoesNotFitTheConfig) {
  const Answer answer = replay_letters(
      R"({"stage": "share", "record": "{\"name\": \"bob\"}"})"
      "\n"
      R"({"stage": "shares", "record": "{\"name\": \"bob\", \"size\": 1, \"parts\": 1, \"weight\": 3}"})"
      "\n"
      R"({"stage": "located", "record": "{\"name\": \"bob\"}"})"
      "\n");
  EXPECT_EQ(answer.code, 65);
  EXPECT_THAT(answer.err, HasSubstr("letters.ndjson:1: share: the config has no stage `share`"));
  EXPECT_THAT(answer.err, HasSubstr("letters.ndjson:3: located: `located` has several inputs"));
  EXPECT_THAT(answer.err, HasSubstr("= \"port\": one of: left, right"));
}

TEST_F(ReplayCommand, HasNothingToDoWithoutLetters) {
  const Answer answer = replay_letters("");
  EXPECT_EQ(answer.code, 0);
  EXPECT_THAT(answer.err, HasSubstr("letters.ndjson has no dead letters: there is nothing to replay"));
  EXPECT_EQ(folder_.read("again/out.csv"), "");
}

TEST_F(ReplayCommand, SaysThatTheLettersAreMissing) {
  const Answer answer = weir({"replay", folder_.path("none.ndjson"), "--into", config_});
  EXPECT_EQ(answer.code, 66);
  EXPECT_THAT(answer.err,
              HasSubstr("none.ndjson: the dead letters cannot be read: No such file or directory"));
}

TEST(ReplayCommandLine, IsAnsweredWithAMendWhereItIsWrong) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table = {
      {{"replay"},
       "which file of dead letters? For example: weir replay out/refused.ndjson --into flights.yaml"},
      {{"replay", "a"}, "into which config? For example: weir replay out/refused.ndjson --into flights.yaml"},
      {{"replay", "a", "b", "--into", "c"}, "one file of dead letters at a time; the second is `b`"},
      {{"replay", "a", "--in", "c"}, "there is no option `--in`; did you mean `--into`?"},
  };
  for (const auto& [args, message] : table) {
    const Answer answer = weir(args);
    EXPECT_EQ(answer.code, 64) << message;
    EXPECT_THAT(answer.err, HasSubstr("weir: " + message));
  }
  EXPECT_THAT(weir({"replay", "--help"}).out, HasSubstr("--overwrite"));
}

}  // namespace
}  // namespace weir
