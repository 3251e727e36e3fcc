#include "stages/sinks/temporary_files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <utility>

#include "stages/sinks/output_file.hpp"
#include "tests/stages/testing/temporary_folder.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

// Emptying the registry is for the end of a process: a child does it. Its exit status is the number of what
// it found wrong.
template <class Body>
void in_a_child(const Body& body) {
  EXPECT_EXIT(::_exit(body()), ::testing::ExitedWithCode(0), "");
}

TEST(TemporaryFiles, AreRemovedWhereTheProcessMustEnd) {
  testing::TemporaryFolder folder;
  folder.write("other", "not ours");
  in_a_child([&] {
    OutputFile file(folder.file("out.csv"));
    OutputFile committed(folder.file("done.csv"));
    file.open();
    file.write("half");
    committed.open();
    committed.commit();
    remove_temporary_files();
    return folder.entries() == 2 && folder.has("other") && folder.has("done.csv") ? 0 : 1;
  });
}

TEST(TemporaryFiles, AreNotMadeAnyMoreThen) {
  testing::TemporaryFolder folder;
  in_a_child([&] {
    remove_temporary_files();
    try {
      OutputFile(folder.file("out.csv")).open();
    } catch (const IoError&) {
      return folder.entries() == 0 ? 0 : 1;
    }
    return 2;
  });
}

TEST(TemporaryFiles, AreForgottenByTheirOwners) {
  testing::TemporaryFolder folder;
  in_a_child([&] {
    TemporaryName kept(folder.write("kept", ""));
    {
      const TemporaryName forgotten(folder.write("forgotten", ""));
      TemporaryName moved(std::move(kept));
      kept = std::move(moved);
    }
    remove_temporary_files();
    return folder.entries() == 1 && folder.has("forgotten") ? 0 : 1;
  });
}

}  // namespace
}  // namespace weir
