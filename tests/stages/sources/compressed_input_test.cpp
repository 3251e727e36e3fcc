// Compressed inputs are read as the text that is in them, also after a restart, and told when they are
// broken.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "stages/sources/range_source.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/planned_reader.hpp"
#include "tests/stages/testing/record_table.hpp"
#include "tests/stages/testing/temporary_folder.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::lines_of;
using testing::PlannedReader;

std::string compressed(std::string_view text, Compression compression) {
  std::string bytes;
  append_compressed(bytes, text, compression);
  return bytes;
}

std::string ending(Compression compression) { return compression == Compression::gzip ? ".gz" : ".zst"; }

// Numbers that do not compress well, so that they fill several blocks.
std::string many_lines() {
  std::string text = "n\n";
  std::uint64_t random = 42;
  while (text.size() < 3 * kReadBlockBytes) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    text += std::to_string(random >> 2) + "\n";
  }
  return text;
}

class CompressedInput : public ::testing::TestWithParam<Compression> {
 protected:
  std::string write(const std::string& name, std::string_view text) const {
    return folder_.write(name + ending(GetParam()), compressed(text, GetParam()));
  }
  testing::TemporaryFolder folder_;
  testing::CollectingEmitter out_;
};

INSTANTIATE_TEST_SUITE_P(Formats, CompressedInput, ::testing::Values(Compression::gzip, Compression::zstd),
                         [](const auto& each) { return std::string(to_string(each.param)); });

TEST_P(CompressedInput, IsReadByAllReaders) {
  PlannedReader(describe_read_csv(), "path: " + write("f.csv", "a,b\n1,x\n")).read(out_);
  PlannedReader(describe_read_ndjson(), "path: " + write("f.ndjson", "{\"a\":1,\"b\":\"x\"}\n")).read(out_);
  PlannedReader(describe_read_lines(), "path: " + write("f.log", "1, x\n")).read(out_);
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("1, x", "1, x", "1, x"));
}

TEST_P(CompressedInput, MayConsistOfSeveralMembers) {
  const std::string path = folder_.write("f.csv" + ending(GetParam()),
                                         compressed("a\n1", GetParam()) + compressed("", GetParam()) +
                                             compressed("2\n", GetParam()) + compressed("3\n", GetParam()));
  PlannedReader(describe_read_csv(), "path: " + path).read(out_);
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("12", "3"));
}

TEST_P(CompressedInput, GivesTheSameAfterARestartAsWithoutOne) {
  const std::string text = many_lines();
  const PlannedReader reader(describe_read_csv(), "path: " + write("f.csv", text));
  ASSERT_EQ(reader.problems(), "");
  auto source = reader.make();
  source->open();
  std::string again = "n\n";
  while (const auto work = source->next()) {
    for (Cursor at = 0; at != kDone;)
      at = source->decode(work->payload, at, out_);
    const std::string position = source->position();
    source = reader.make();
    source->open();
    source->seek(position);
  }
  for (const std::string& line : lines_of(out_.batches()))
    again += line + "\n";
  EXPECT_TRUE(again == text);
}

TEST_P(CompressedInput, ThatBreaksOffIsAFaultOfTheData) {
  const std::string bytes = compressed(many_lines(), GetParam());
  const std::string path = folder_.write("f.csv" + ending(GetParam()), bytes.substr(0, bytes.size() - 10));
  const PlannedReader reader(describe_read_csv(), "path: " + path);
  ASSERT_EQ(reader.problems(), "") << "the first block is whole";
  try {
    reader.read(out_);
    FAIL() << "half a file would be taken for a whole one";
  } catch (const RecordError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("'" + path + "' is not whole as " + std::string(to_string(GetParam()))));
    EXPECT_THAT(error.what(),
                HasSubstr(": its data breaks off, near byte " + std::to_string(bytes.size() - 10)));
  }
}

TEST_P(CompressedInput, ThatIsNotWhatItsNameSaysIsAFaultOfTheData) {
  const PlannedReader reader(describe_read_csv(),
                             "path: " + folder_.write("f.csv" + ending(GetParam()), "a,b\n1,2\n"));
  ASSERT_EQ(reader.diagnostics().size(), 1u);
  EXPECT_THAT(reader.diagnostics()[0].message,
              HasSubstr("is not whole as " + std::string(to_string(GetParam()))));
  EXPECT_EQ(reader.diagnostics()[0].kind, ProblemKind::bad_input);
}

// Stands in for standard input while it lives.
class StandardInput {
 public:
  explicit StandardInput(std::string_view bytes) : before_(::dup(STDIN_FILENO)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    EXPECT_EQ(::write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ::close(ends[1]);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
  }
  ~StandardInput() {
    ::dup2(before_, STDIN_FILENO);
    ::close(before_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  int before_;
};

TEST_P(CompressedInput, IsKnownByItsBytesFromStandardInput) {
  const StandardInput input(compressed("a\n1\n2\n", GetParam()));
  PlannedReader(describe_read_csv(), "path: '-'").read(out_);
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("1", "2"));
}

TEST(StandardInputAsItIs, IsReadWhateverItsLength) {
  for (const std::string text : {"", "a", "a\n1", "a\n1\n2\n"}) {
    const StandardInput input(text);
    testing::CollectingEmitter out;
    PlannedReader(describe_read_lines(), "path: '-'").read(out);
    std::string again;
    for (const std::string& line : lines_of(out.batches()))
      again += line + "\n";
    EXPECT_EQ(again, text.empty() || text.ends_with('\n') ? text : text + "\n");
  }
}

}  // namespace
}  // namespace weir
