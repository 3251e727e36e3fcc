#include "cli/stop_signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace weir {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = stop_signals();
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  end_ = eventfd(0, EFD_CLOEXEC);
  if (signals_ < 0 || end_ < 0)
    throw std::system_error(errno, std::generic_category(), "waiting for signals");
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &previous_pipe_action_);
}

StopSignals::~StopSignals() {
  stop_listening();
  sigaction(SIGPIPE, &previous_pipe_action_, nullptr);
  close(signals_);
  close(end_);
}

void StopSignals::listen(std::function<void()> first, std::function<void(int signal)> second) {
  thread_ = std::thread(
      [this, first = std::move(first), second = std::move(second)] { wait_for_signals(first, second); });
}

int StopSignals::stop_listening() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    while (write(end_, &one, sizeof one) < 0 && errno == EINTR) {
    }
    thread_.join();
  }
  return last_signal_;
}

void StopSignals::wait_for_signals(const std::function<void()>& first,
                                   const std::function<void(int signal)>& second) {
  std::array<pollfd, 2> watched = {{{signals_, POLLIN, 0}, {end_, POLLIN, 0}}};
  while (true) {
    if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if ((watched[1].revents & POLLIN) != 0) return;
    signalfd_siginfo signal{};
    if (read(signals_, &signal, sizeof signal) != sizeof signal) continue;
    const bool is_first = last_signal_ == 0;
    last_signal_ = static_cast<int>(signal.ssi_signo);
    is_first ? first() : second(last_signal_);
  }
}

}  // namespace weir
