#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/batches.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using testing::batch_of;
using testing::CollectingEmitter;
using testing::deliveries;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::strings;
using testing::WorkersAtRandom;

PlannedStage parse(const std::string& yaml, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_parse(), yaml, {make_schema("line: string")}, std::move(needs));
}

std::vector<std::string> run(const PlannedStage& stage, const std::vector<std::optional<std::string>>& texts,
                             CollectingEmitter& out) {
  WorkersAtRandom(1, 0).run(stage, deliveries({batch_of({{"line", strings(texts)}})}), out);
  std::vector<std::string> lines = lines_of(out.batches());
  for (std::string& line : lines)  // without the text itself
    line = line.substr(line.find("> ") + 2);
  return lines;
}
std::vector<std::string> run(const PlannedStage& stage,
                             const std::vector<std::optional<std::string>>& texts) {
  CollectingEmitter out;
  std::vector<std::string> lines = run(stage, texts, out);
  EXPECT_TRUE(out.rejections.empty()) << out.rejections.front().error.message;
  return lines;
}

constexpr const char* kPattern = "pattern: '(?P<level>[A-Z]+) took (?P<ms>\\d+)?ms(?: at (?P<place>.*)>)?'";

TEST(Parse, MakesAColumnOfEachNamedGroup) {
  const PlannedStage stage = parse(std::string("{column: line, types: {ms: int64}, ") + kPattern + "}");
  EXPECT_EQ(stage.outputs()[0], make_schema("line: string, level: string, ms: int64, place: string"))
      << stage.problems();
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(
      stage,
      deliveries({batch_of({{"line", strings({"INFO took 12ms at a place far away from here>",
                                              "x: WARN took ms", std::nullopt})}})}),
      out);
  EXPECT_THAT(
      lines_of(out.batches()),
      ElementsAre("INFO took 12ms at a place far away from here>, INFO, 12, a place far away from here",
                  "x: WARN took ms, WARN, ~, ~", "~, ~, ~, ~"));
}

TEST(Parse, RefusesTextsThatDoNotFit) {
  const PlannedStage stage =
      parse("{column: line, pattern: '(?P<key>\\w+)=(?P<value>.*)', types: {value: int64}}");
  CollectingEmitter out;
  run(stage, {"a=1", "nothing", "b=x", "c="}, out);
  EXPECT_EQ(lines_of(out.batches()).size(), 2u);
  ASSERT_EQ(out.rejections.size(), 2u);
  EXPECT_EQ(out.rejections[0].error.message, "the text does not match the pattern: `nothing`");
  EXPECT_THAT(out.rejections[1].error.message, HasSubstr("`value` is to be int64, and the text has `x`"));
}

TEST(Parse, ReadsAccessLogs) {
  const PlannedStage stage = parse("{column: line, format: nginx}");
  EXPECT_EQ(
      stage.outputs()[0],
      make_schema("line: string, remote_addr: string, remote_user: string, time: timestamp, method: string, "
                  "path: string, protocol: string, status: int64, bytes: int64, referer: string, "
                  "user_agent: string"))
      << stage.problems();
  EXPECT_THAT(
      run(stage,
          {"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a?b=c HTTP/1.0\" 200 2326 \"-\" \"curl> \"",
           "::1 - - [01/Jan/2026:00:00:00 +0000] \"\\x16\" 400 - \"http://x/\" \"> \""}),
      ElementsAre("\", 127.0.0.1, frank, 2000-10-10 20:55:36, GET, /a?b=c, HTTP/1.0, 200, 2326, ~, curl> ",
                  "\", ::1, ~, 2026-01-01 00:00:00, ~, ~, ~, 400, ~, http://x/, > "));
  CollectingEmitter out;
  const std::string begin = "1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1";
  run(stage,
      {"", "1 - - [10/Oxt/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1", begin + " \"-\" \"open",
       begin + " \"-\" \"curl\" 0.123"},
      out);
  ASSERT_EQ(out.rejections.size(), 4u);
  EXPECT_THAT(out.rejections[0].error.message, HasSubstr("is no line of an access log"));
  EXPECT_THAT(out.rejections[1].error.message, HasSubstr("has a time that is none"));
  EXPECT_THAT(out.rejections[2].error.message, HasSubstr("is no line of an access log"));
  EXPECT_THAT(out.rejections[3].error.message, HasSubstr("is no line of an access log"));

  // The common format has neither referer nor user agent; a quote in quotes has a backslash before it.
  const std::vector<std::string> lines =
      run(stage, {begin, begin + R"( "http://a/?q=\"x\"" "a \"quoted\" one")"});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], ::testing::EndsWith("200, 1, ~, ~"));
  EXPECT_THAT(lines[1], ::testing::EndsWith(R"(http://a/?q=\"x\", a \"quoted\" one)"));
}

TEST(Parse, ReadsLogfmt) {
  const PlannedStage stage =
      parse("{column: line, format: logfmt, types: {level: string, ms: double, msg: string, done: bool}}");
  EXPECT_THAT(run(stage, {"level=info ms=1.5 msg=\"it \\\"works\\\" \\\\o/\" done x=> ",
                          "  msg=\"\"  level=warn y=> ", "ms= level z=> "}),
              ElementsAre(", info, 1.5, it \"works\" \\o/, true", ", warn, ~, , ~", ", true, ~, ~, ~"));
  CollectingEmitter out;
  run(stage, {"msg=\"open", "=1", "ms=soon"}, out);
  ASSERT_EQ(out.rejections.size(), 3u);
  EXPECT_THAT(out.rejections[0].error.message, HasSubstr("has a quote that is not closed"));
  EXPECT_THAT(out.rejections[1].error.message, HasSubstr("has a value without a key"));
  EXPECT_THAT(out.rejections[2].error.message, HasSubstr("`ms` is to be double"));
}

TEST(Parse, MakesOnlyWhatIsNeeded) {
  const PlannedStage stage =
      parse("{column: line, pattern: '(?P<a>.)(?P<b>.)'}", {{Need::none, Need::none, Need::text}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::value}));
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(stage, deliveries({batch_of({{"line", strings({"xy"})}})}), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("xy, (unneeded), y"));
}

TEST(Parse, TellsOptionsThatDoNotFit) {
  EXPECT_THAT(parse("{column: line}").problems(), HasSubstr("a regex needs a `pattern`"));
  EXPECT_THAT(parse("{column: line, pattern: '(a'}").problems(),
              HasSubstr("this is no regular expression: missing )"));
  EXPECT_THAT(parse("{column: line, pattern: '(a)'}").problems(), HasSubstr("(?P<name>...)"));
  EXPECT_THAT(parse("{column: lien, pattern: '(?P<a>.)'}").problems(), HasSubstr("did you mean `line`?"));
  EXPECT_THAT(parse("{column: line, pattern: '(?P<line>.)'}").problems(),
              HasSubstr("has a column `line` already"));
  EXPECT_THAT(parse("{column: line, pattern: '(?P<value>.)', types: {valeu: int64}}").problems(),
              HasSubstr("did you mean `value`?"));
  EXPECT_THAT(parse("{column: line, format: nginx, pattern: x}").problems(),
              HasSubstr("`nginx` has no pattern"));
  EXPECT_THAT(parse("{column: line, format: logfmt}").problems(),
              HasSubstr("which keys are to become columns"));
  EXPECT_THAT(PlannedStage(describe_parse(), "{column: n, pattern: '(?P<a>.)'}", {make_schema("n: int64")})
                  .problems(),
              HasSubstr("a text is parsed, and `n` is int64"));
}

}  // namespace
}  // namespace weir
