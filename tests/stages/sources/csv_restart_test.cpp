// A reader that fails and is begun again reads the same as one that never failed, whatever it reads from.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "stages/sources/csv_source.hpp"
#include "stages/sources/text_range.hpp"
#include "tests/stages/testing/failing_allocation.hpp"
#include "tests/stages/testing/temporary_folder.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

using testing::FailingAllocation;
using ::testing::HasSubstr;

/// More than any call of `next` makes.
constexpr std::size_t kAllocationsMax = 40;

class RestartedCsvSource : public ::testing::Test {
 protected:
  RestartedCsvSource() {
    text_ = "c0,c1\n";
    for (std::size_t record = 0; record < 12; ++record)
      text_ += std::to_string(record) + ",\"" + std::string(record * record % 50, 'x') + "\n\"\n";
  }

  std::shared_ptr<const CsvReading> reading_of(const std::string& path,
                                               std::shared_ptr<ByteInput> stream = nullptr) const {
    auto reading = std::make_shared<CsvReading>();
    reading->stage = "in";
    reading->files = {{std::make_shared<const std::string>(path), std::move(stream)}};
    reading->schema =
        std::make_shared<const Schema>(std::vector<Field>{{"c0", Type::string}, {"c1", Type::string}});
    reading->needs = Needs(2, Need::value);
    reading->block_bytes = 24;  // so that blocks grow
    return reading;
  }

  // A FIFO with all of the text in it and no writer left.
  std::shared_ptr<ByteInput> filled_pipe(const std::string& path) const {
    ::unlink(path.c_str());
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    auto stream = std::make_shared<ByteInput>(path);
    const FileDescriptor writer(::open(path.c_str(), O_WRONLY));
    EXPECT_EQ(::write(writer.get(), text_.data(), text_.size()), static_cast<ssize_t>(text_.size()));
    return stream;
  }

  static std::string shown(const Work& work) {
    return std::to_string(work.origin.byte_offset) + ":" + std::to_string(work.origin.line) + " " +
           std::string(static_cast<const TextRange&>(*work.payload).text());
  }

  // Reads all. In each call of `next` one allocation fails, if it comes to that; then the source is replaced,
  // as a restart does.
  static std::vector<std::string> read_with_restarts(const std::shared_ptr<const CsvReading>& reading,
                                                     std::size_t failing_allocation, bool& failed) {
    std::vector<std::string> ranges;
    auto source = std::make_unique<CsvSource>(reading);
    source->open();
    for (;;) {
      std::optional<Work> work;
      try {
        const FailingAllocation failing(failing_allocation);
        work = source->next();
      } catch (const std::bad_alloc&) {
        failed = true;
        const std::string position = source->position();
        source = std::make_unique<CsvSource>(reading);
        source->open();
        source->seek(position);
        work = source->next();
      }
      if (!work) return ranges;
      ranges.push_back(shown(*work));
    }
  }

  testing::TemporaryFolder folder_;
  std::string text_;
};

TEST_F(RestartedCsvSource, ReadsAFileAsIfNothingHadHappenedWhicheverAllocationFails) {
  const auto reading = reading_of(folder_.write("f.csv", text_));
  bool failed = false;
  const auto expected = read_with_restarts(reading, kAllocationsMax, failed);
  ASSERT_FALSE(failed) << "kAllocationsMax is too small";
  ASSERT_GT(expected.size(), 5u);
  for (std::size_t allocation = 0; allocation < kAllocationsMax; ++allocation)
    EXPECT_EQ(read_with_restarts(reading, allocation, failed), expected) << allocation;
  EXPECT_TRUE(failed);
}

TEST_F(RestartedCsvSource, LosesNothingOfAPipeWhicheverAllocationFails) {
  const std::string path = folder_.file("fifo");
  bool failed = false;
  const auto expected = read_with_restarts(reading_of(path, filled_pipe(path)), kAllocationsMax, failed);
  ASSERT_FALSE(failed) << "kAllocationsMax is too small";
  ASSERT_GT(expected.size(), 5u);
  for (std::size_t allocation = 0; allocation < kAllocationsMax; ++allocation)
    EXPECT_EQ(read_with_restarts(reading_of(path, filled_pipe(path)), allocation, failed), expected)
        << allocation;
  EXPECT_TRUE(failed);
}

TEST_F(RestartedCsvSource, RefusesAFileThatHasBecomeShorter) {
  const auto reading = reading_of(folder_.write("f.csv", text_));
  CsvSource failed(reading);
  failed.open();
  while (failed.next()) {
  }
  folder_.write("f.csv", "c0,c1\n");
  CsvSource again(reading);
  again.open();
  try {
    again.seek(failed.position());
    FAIL() << "the end of the input would come too early, and silently";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("is shorter than what was read of it: it has 6 bytes, not "));
  }
}

}  // namespace
}  // namespace weir
