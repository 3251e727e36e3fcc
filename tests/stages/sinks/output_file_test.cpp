#include "stages/sinks/output_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
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

TEST_F(OutputFileTest, AdoptedGoesOnInTheSameTemporaryFile) {
  OutputFile failed(folder_.file("out.csv"));
  failed.open();
  failed.write("one ");
  OutputFile file(folder_.file("out.csv"));
  file.adopt(failed);
  failed.abort();
  file.write("two");
  EXPECT_EQ(folder_.entries(), 1u);
  file.prepare();
  file.prepare();
  file.commit();
  EXPECT_EQ(folder_.read("out.csv"), "one two");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(OutputFileTest, HasWrittenNothingWhereAWriteFailedHalfWay) {
  OutputFile file(folder_.file("out.csv"));
  file.open();
  file.write("0123456789");
  auto* const disposition_before = ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full{15, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &full);
  EXPECT_THROW(file.write("abcdefghij"), IoError);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, disposition_before);
  file.write("ABC");
  file.commit();
  EXPECT_EQ(folder_.read("out.csv"), "0123456789ABC");
}

TEST_F(OutputFileTest, LeavesTheFailedOneAloneWhereItCannotBeAdopted) {
  OutputFile failed(folder_.file("out.csv"));
  failed.open();
  failed.write("text");
  const std::string temporary = std::filesystem::directory_iterator(folder_.file(""))->path();
  fs::rename(temporary, folder_.file("hidden"));
  OutputFile first(folder_.file("out.csv"));
  EXPECT_THROW(first.adopt(failed), IoError);
  fs::rename(folder_.file("hidden"), temporary);
  OutputFile second(folder_.file("out.csv"));
  second.adopt(failed);
  second.commit();
  EXPECT_EQ(folder_.read("out.csv"), "text");
}

TEST_F(OutputFileTest, RefusesToAdoptAFileThatHasLostWhatWasWritten) {
  OutputFile failed(folder_.file("out.csv"));
  failed.open();
  failed.write("text");
  const std::string temporary = std::filesystem::directory_iterator(folder_.file(""))->path();
  fs::resize_file(temporary, 2);
  OutputFile file(folder_.file("out.csv"));
  try {
    file.adopt(failed);
    FAIL() << "two bytes are gone";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("has lost what was written: it holds 2 bytes of 4"));
  }
}

// A FIFO of which this process holds both ends, and which does not wait when it is full.
class FullPipe : public OutputFileTest {
 protected:
  FullPipe() {
    EXPECT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    reader_ = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_NONBLOCK));
    file_ = std::make_unique<OutputFile>(path_);
    file_->open();
    // The flag belongs to what was opened, which descriptors in /proc lead to as well.
    const auto is_ours = [this](const fs::path& link) {
      std::error_code gone;
      return fs::read_symlink(link, gone) == path_;
    };
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
      const int descriptor = std::stoi(entry.path().filename().string());
      if (descriptor != reader_.get() && is_ours(entry.path()))
        ::fcntl(descriptor, F_SETFL, O_WRONLY | O_NONBLOCK);
    }
  }

  std::string read_available() const {
    std::string text(1 << 20, '\0');
    const ssize_t count = ::read(reader_.get(), text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

  // Writes until it is written, and gives what a reader saw.
  std::string write_insisting(OutputFile& file, const std::string& text) const {
    std::string read;
    for (;;) {
      try {
        file.write(text);
        return read += read_available();
      } catch (const IoError&) {
        read += read_available();
      }
    }
  }

  const std::string path_ = folder_.file("fifo");
  FileDescriptor reader_;
  std::unique_ptr<OutputFile> file_;
};

std::string long_text(char first) {
  std::string text;
  for (int line = 0; text.size() < (1 << 18); ++line)
    text += first + std::to_string(line) + "\n";
  return text;
}

TEST_F(FullPipe, GetsNothingTwiceWhereAWriteIsRepeated) {
  const std::string text = long_text('a');
  EXPECT_EQ(write_insisting(*file_, text), text);
  EXPECT_EQ(write_insisting(*file_, "and more"), "and more");
}

TEST_F(FullPipe, GetsNothingTwiceFromAnAdoptedSinkEither) {
  const std::string text = long_text('a');
  EXPECT_THROW(file_->write(text), IoError);
  OutputFile next(path_);
  next.adopt(*file_);
  file_.reset();
  std::string read = read_available();
  ASSERT_FALSE(read.empty()) << "half of it was written";
  read += write_insisting(next, text);
  EXPECT_EQ(read, text);
}

TEST_F(FullPipe, CannotGoOnWhereHalfOfWhatWasGivenUpIsInIt) {
  EXPECT_THROW(file_->write(long_text('a')), IoError);
  read_available();
  for (const std::string& other : {long_text('b'), std::string("short")}) {
    try {
      file_->write(other);
      FAIL() << "half a record stands before it";
    } catch (const IoError& error) {
      EXPECT_THAT(error.what(), HasSubstr("bytes of records that were given up are in it"));
    }
  }
}

}  // namespace
}  // namespace weir
