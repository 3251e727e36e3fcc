// What signals do to a run, seen from outside.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "stages/formats/file_descriptor.hpp"
#include "tests/cli/process.hpp"
#include "tests/cli/temporary_folder.hpp"

namespace weir {
namespace {

using testing::HasSubstr;

std::string many_rows() {
  std::string rows = "n,text\n";
  for (int row = 0; row < 100'000; ++row)
    rows += std::to_string(row) + ",some text to fill a pipe\n";
  return rows;
}

// A run that writes a file, and into a pipe of which the test is the reader.
class RunIntoAPipe : public testing::Test {
 protected:
  RunIntoAPipe() {
    ::mkfifo(folder_.path("pipe").c_str(), 0600);
    reader_ = FileDescriptor(::open(folder_.path("pipe").c_str(), O_RDONLY | O_NONBLOCK));
  }

  std::string config(const std::string& input) const {
    return folder_.write("run.yaml",
                         "weir: 1\nstages:\n  - {type: read_csv, path: " + input +
                             ", schema: {n: int64, text: string}}\n"
                             "  - {type: write_csv, path: pipe}\n"
                             "  - {type: write_csv, name: file, from: read_csv, path: out.csv}\n");
  }

  void wait_until_it_writes() const {
    pollfd waiting{reader_.get(), POLLIN, 0};
    while (::poll(&waiting, 1, -1) < 1) {
    }
  }
  void read_to_the_end() const {
    ::fcntl(reader_.get(), F_SETFL, 0);
    std::string buffer(1 << 16, '\0');
    while (::read(reader_.get(), buffer.data(), buffer.size()) > 0) {
    }
  }

  test::TemporaryFolder folder_;
  FileDescriptor reader_;
};

TEST_F(RunIntoAPipe, IsLeftBehindAfterASecondSignalWithNoFileHalfWritten) {
  folder_.write("in.csv", many_rows());
  test::Process process({"run", config("in.csv")}, folder_.path("err"));
  wait_until_it_writes();
  process.signal(SIGINT);
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 143);
  EXPECT_EQ(folder_.list(), "err\nin.csv\npipe\nrun.yaml\n");
  EXPECT_THAT(folder_.read("err"),
              HasSubstr("stopping: what is in flight is finished; a second signal stops at once"));
  EXPECT_THAT(folder_.read("err"), HasSubstr("left behind: some stage does not return"));
}

TEST_F(RunIntoAPipe, IsLeftBehindWhereItDoesNotDrainAfterItsDeadline) {
  folder_.write("in.csv", many_rows());
  const std::string config_path = config("in.csv");
  std::ofstream(config_path, std::ios::app) << "runtime: {drain_timeout: 100ms}\n";
  test::Process process({"run", config_path, "--deadline", "100ms", "--report", folder_.path("run.json")},
                        folder_.path("err"));
  EXPECT_EQ(process.wait(), 75);
  EXPECT_EQ(folder_.list(), "err\nin.csv\npipe\nrun.json\nrun.yaml\n");
  EXPECT_THAT(folder_.read("err"), HasSubstr("weir: still at work when the run was given up: `write_csv`\n"));
  EXPECT_THAT(folder_.read("run.json"), HasSubstr("\"write_csv\"\n  ],"));
}

TEST_F(RunIntoAPipe, DrainsAfterAFirstSignalAndPublishesNothing) {
  ::mkfifo(folder_.path("in").c_str(), 0600);
  test::Process process({"run", config("in")}, folder_.path("err"));
  std::ofstream input(folder_.path("in"));  // never ends by itself
  input << many_rows() << std::flush;
  wait_until_it_writes();
  process.signal(SIGTERM);
  read_to_the_end();
  EXPECT_EQ(process.wait(), 75);
  EXPECT_EQ(folder_.list(), "err\nin\npipe\nrun.yaml\n");
}

}  // namespace
}  // namespace weir
