// The program itself, run as others run it: for what only a process has, such as signals and its end.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;

namespace weir::test {

/// Runs the weir of this build. One that was not waited for is killed by the destructor.
class Process {
 public:
  /// What it tells on standard error goes to the file `err`.
  Process(const std::vector<std::string>& args, const std::string& err) {
    std::vector<char*> argv;
    std::string program = WEIR_PROGRAM;
    std::vector<std::string> copies = args;
    argv.push_back(program.data());
    for (std::string& copy : copies)
      argv.push_back(copy.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), 01 | 0100 | 01000,
                                     0600);  // write, create, truncate
    const int failed = posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot run " + program);
  }
  ~Process() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(pid_, number); }

  /// Waits for its end. The exit code, or minus the signal that killed it.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

}  // namespace weir::test
