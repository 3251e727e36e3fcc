#include "engine/supervision/child_thread.hpp"

#include <stop_token>
#include <utility>

namespace weir {
namespace {

thread_local const ChildMailbox* mailbox_of_this_thread = nullptr;

/// Calls a copy of the body, which is gone again, with all that it held, when the end is told.
void call(const ChildBody& body, const std::stop_token& stop, EndedChild& ended) noexcept {
  try {
    const ChildBody own = body;
    own(stop);
    ended.end = stop.stop_requested() ? ChildEnd::stopped : ChildEnd::returned;
  } catch (...) {
    ended.end = ChildEnd::threw;
    ended.error = describe_current_exception();
  }
}

}  // namespace

ChildThread::ChildThread(ChildIndex index, std::shared_ptr<const ChildBody> body,
                         std::shared_ptr<ChildMailbox> mailbox)
    : index_(index), body_(std::move(body)), mailbox_(std::move(mailbox)) {}

void ChildThread::begin() {
  ++incarnation_;
  ChildMailbox::Letter letter;
  letter.push_back({.child = index_, .incarnation = incarnation_});
  thread_ = std::jthread(
      [body = body_, mailbox = mailbox_, letter = std::move(letter)](const std::stop_token& stop) mutable {
        mailbox_of_this_thread = mailbox.get();
        call(*body, stop, letter.front());
        mailbox->post(std::move(letter));
      });
}

bool is_child_of(const ChildMailbox& mailbox) noexcept { return mailbox_of_this_thread == &mailbox; }

}  // namespace weir
