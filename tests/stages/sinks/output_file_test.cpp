#include "stages/sinks/output_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

#include "tests/stages/testing/temporary_folder.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OutputFileTest : public ::testing::Test {
 protected:
  // The message with which opening a file fails.
  static std::string refusal_to_open(const std::string& path,
                                     OutputFile::Mode mode = OutputFile::Mode::replace) {
    OutputFile file(path, mode);
    try {
      file.open();
    } catch (const IoError& error) {
      return error.what();
    }
    return "none";
  }

  static void write_all(OutputFile& file, std::string_view text) {
    file.open();
    file.write(text);
    file.prepare();
    file.commit();
  }

  testing::TemporaryFolder folder_;
};

TEST_F(OutputFileTest, AppearsUnderItsNameOnlyWhenCommitted) {
  folder_.write("out.csv", "old");
  OutputFile file(folder_.file("out.csv"));
  file.open();
  EXPECT_TRUE(file.write("new "));
  EXPECT_TRUE(file.write("text"));
  file.prepare();
  EXPECT_EQ(folder_.read("out.csv"), "old");
  file.commit();
  EXPECT_EQ(folder_.read("out.csv"), "new text");
  file.abort();
  EXPECT_EQ(folder_.read("out.csv"), "new text") << "what is committed stays";
  EXPECT_EQ(folder_.entries(), 1u) << "no temporary file is left";
}

TEST_F(OutputFileTest, LeavesTheTargetAloneWhenAborted) {
  folder_.write("out.csv", "old");
  {
    OutputFile file(folder_.file("out.csv"));
    file.open();
    file.write("half");
    file.abort();
    file.abort();
    OutputFile forgotten(folder_.file("other.csv"));
    forgotten.open();
    forgotten.write("half");
  }
  EXPECT_EQ(folder_.read("out.csv"), "old");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(OutputFileTest, MakesTheFoldersAboveIt) {
  OutputFile file(folder_.file("a/b/out.csv"));
  write_all(file, "text");
  EXPECT_EQ(folder_.read("a/b/out.csv"), "text");
}

TEST_F(OutputFileTest, WritesATargetInTheWorkingDirectory) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.file(""));
  OutputFile file("out.csv");
  write_all(file, "text");
  fs::current_path(before);
  EXPECT_EQ(folder_.read("out.csv"), "text");
}

TEST_F(OutputFileTest, FollowsSymbolicLinks) {
  fs::create_directory(folder_.file("real"));
  folder_.write("real/out.csv", "old");
  fs::create_symlink("real/out.csv", folder_.file("link.csv"));
  fs::create_symlink("real/new.csv", folder_.file("dangling.csv"));
  OutputFile linked(folder_.file("link.csv"));
  write_all(linked, "text");
  OutputFile dangling(folder_.file("dangling.csv"));
  write_all(dangling, "more");
  EXPECT_TRUE(fs::is_symlink(folder_.file("link.csv")));
  EXPECT_TRUE(fs::is_symlink(folder_.file("dangling.csv")));
  EXPECT_EQ(folder_.read("real/out.csv"), "text");
  EXPECT_EQ(folder_.read("real/new.csv"), "more");
}

TEST_F(OutputFileTest, KeepsThePermissionsOfWhatItReplaces) {
  folder_.write("out.csv", "old");
  fs::permissions(folder_.file("out.csv"), fs::perms::owner_read | fs::perms::owner_write);
  OutputFile file(folder_.file("out.csv"));
  write_all(file, "text");
  EXPECT_EQ(fs::status(folder_.file("out.csv")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(OutputFileTest, SaysPathAndReasonWhereATargetCannotBeMade) {
  folder_.write("file", "");
  EXPECT_EQ(refusal_to_open(folder_.file("file/out.csv")),
            "cannot make the folder of '" + folder_.file("file/out.csv") + "': Not a directory");
  EXPECT_EQ(refusal_to_open(folder_.file("")), "cannot write '" + folder_.file("") + "': Is a directory");
  EXPECT_THAT(refusal_to_open("/proc/no-such-folder/out.csv"), HasSubstr("'/proc/no-such-folder/out.csv'"));
}

TEST_F(OutputFileTest, RefusesToReplaceWhatIsThereWhereItMustBeNew) {
  folder_.write("out.csv", "old");
  EXPECT_EQ(refusal_to_open(folder_.file("out.csv"), OutputFile::Mode::create_new),
            "cannot make '" + folder_.file("out.csv") + "': File exists");

  OutputFile file(folder_.file("new.csv"), OutputFile::Mode::create_new);
  file.open();
  file.write("ours");
  folder_.write("new.csv", "theirs");
  EXPECT_THROW(file.commit(), IoError) << "somebody else was faster";
  file.abort();
  EXPECT_EQ(folder_.read("new.csv"), "theirs");
  EXPECT_EQ(folder_.entries(), 2u);

  OutputFile unhindered(folder_.file("other.csv"), OutputFile::Mode::create_new);
  write_all(unhindered, "text");
  EXPECT_EQ(folder_.read("other.csv"), "text");
}

TEST_F(OutputFileTest, FailsToWriteWhatADeviceHasNoRoomFor) {
  OutputFile file("/dev/full");
  EXPECT_TRUE(OutputFile::may_block("/dev/full"));
  file.open();
  try {
    file.write("text");
    FAIL() << "the device is full";
  } catch (const IoError& error) {
    EXPECT_STREQ(error.what(), "cannot write '/dev/full': No space left on device");
  }
}

TEST_F(OutputFileTest, SaysWhenTheReaderOfAPipeHasGone) {
  const std::string path = folder_.file("fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_TRUE(OutputFile::may_block(path));
  FileDescriptor reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
  OutputFile file(path);
  file.open();
  EXPECT_TRUE(file.write("text"));
  reader.close();
  EXPECT_FALSE(file.write("more")) << "and no signal has killed this process";
  file.abort();
  EXPECT_TRUE(folder_.has("fifo")) << "what was there before is not removed";
}

TEST_F(OutputFileTest, WritesToAPipeMoreThanItHolds) {
  const std::string path = folder_.file("fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string text(1 << 20, 'x');
  std::string read;
  std::thread reader([&] { read = folder_.read("fifo"); });
  OutputFile file(path);
  write_all(file, text);
  reader.join();
  EXPECT_EQ(read, text);
}

}  // namespace
}  // namespace weir
