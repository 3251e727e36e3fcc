// SIGINT and SIGTERM while a pipeline runs: the first asks it to drain, the second to stop at once.
#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace weir {

/// From construction on the two signals are blocked in the calling thread, and in all that it starts, and a
/// thread of this object's waits for them. They stay blocked when it is gone: a signal that comes when all is
/// done and published must not make the process answer as one that was killed. The next of these objects
/// finds it. SIGPIPE is ignored until destruction: whoever writes to a pipe is told by the write. One at a
/// time in a process, on its main thread, made before other threads are.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Begins to listen. Both are called from the listening thread: `first` at the first signal, `second` at
  /// every later one, with its number.
  void listen(std::function<void()> first, std::function<void(int signal)> second);
  /// No call is made after it has returned. Gives the last signal, or 0.
  int stop_listening();

 private:
  void wait_for_signals(const std::function<void()>& first, const std::function<void(int signal)>& second);

  struct sigaction previous_pipe_action_ {};
  int signals_ = -1;     // signalfd
  int end_ = -1;         // eventfd: stop_listening says so
  int last_signal_ = 0;  // written by thread_; read after it was joined
  std::thread thread_;
};

}  // namespace weir
