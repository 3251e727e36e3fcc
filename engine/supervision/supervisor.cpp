#include "weir/supervisor.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "engine/supervision/check_policy.hpp"
#include "engine/supervision/supervisor_loop.hpp"

namespace weir {

std::string_view to_string(ChildEnd end) noexcept {
  switch (end) {
    case ChildEnd::not_begun:
      return "not_begun";
    case ChildEnd::returned:
      return "returned";
    case ChildEnd::threw:
      return "threw";
    case ChildEnd::stopped:
      return "stopped";
    case ChildEnd::did_not_stop:
      break;
  }
  return "did_not_stop";
}

std::string_view to_string(SupervisorStatus status) noexcept {
  switch (status) {
    case SupervisorStatus::ended:
      return "ended";
    case SupervisorStatus::stopped:
      return "stopped";
    case SupervisorStatus::gave_up:
      break;
  }
  return "gave_up";
}

std::vector<std::string> SupervisorReport::left_behind() const {
  std::vector<std::string> names;
  for (const ChildReport& child : children) {
    if (child.left_behind > 0) names.push_back(child.name);
  }
  return names;
}

class Supervisor::Impl {
 public:
  explicit Impl(SupervisorOptions options) {
    check_policy(options.policy, "the topmost group");
    plan_.options = std::move(options);
  }
  ~Impl() {
    stop();
    if (thread_.joinable()) thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void add(std::string name, ChildBody body, ChildOptions options) {
    must_not_have_started("a child must be added before the supervisor is started: '" + name + "'");
    if (name.empty()) throw UsageError("a child needs a name");
    if (!body) throw UsageError("a child needs a body: '" + name + "' has none");
    if (std::ranges::count(plan_.children, name, &SupervisedChild::name) > 0)
      throw UsageError("two children of a supervisor need two names: '" + name + "' is taken");
    must_be_known(options.group);
    plan_.children.push_back(
        {std::move(name), std::make_shared<const ChildBody>(std::move(body)), std::move(options)});
  }

  void add_group(SupervisionGroup group) {
    must_not_have_started("a group must be added before the supervisor is started: '" + group.name + "'");
    if (group.name.empty()) {
      throw UsageError(
          "a group needs a name; the policy of the topmost, which has none, is in the supervisor's options");
    }
    if (is_known(group.name))
      throw UsageError("two groups of a supervisor need two names: '" + group.name + "' is taken");
    must_be_known(group.parent);
    check_policy(group.policy, "group '" + group.name + "'");
    plan_.groups.push_back(std::move(group));
  }

  SupervisorReport run() {
    must_be_able_to_start();
    waited_ = true;
    return SupervisorLoop(plan_, mailbox_).run();
  }

  void start() {
    must_be_able_to_start();
    thread_ = std::thread([this] {
      try {
        report_ = SupervisorLoop(plan_, mailbox_).run();
      } catch (...) {
        failure_ = std::current_exception();
      }
    });
  }

  SupervisorReport wait() {
    if (is_child_of(*mailbox_))
      throw UsageError("a child cannot wait for its supervisor, which waits for it; call stop() and return");
    if (!started_) throw UsageError("there is nothing to wait for: call start() before wait()");
    if (std::exchange(waited_, true)) throw UsageError("a supervisor's report is given once");
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(report_);
  }

  void stop() noexcept { mailbox_->request_stop(); }

 private:
  void must_not_have_started(const std::string& otherwise) const {
    if (started_) throw UsageError(otherwise);
  }
  void must_be_able_to_start() {
    must_not_have_started("a supervisor is run once: make another one");
    if (plan_.children.empty()) throw UsageError("a supervisor needs children: call add() before it is run");
    started_ = true;
  }
  bool is_known(const std::string& group) const {
    return group.empty() || std::ranges::count(plan_.groups, group, &SupervisionGroup::name) > 0;
  }
  void must_be_known(const std::string& group) const {
    if (!is_known(group))
      throw UsageError("there is no group '" + group + "'; call add_group() before it is named");
  }

  SupervisorPlan plan_;                                                             ///< constant once started
  const std::shared_ptr<ChildMailbox> mailbox_ = std::make_shared<ChildMailbox>();  ///< self-synchronised
  bool started_ = false;
  bool waited_ = false;
  std::thread thread_;          ///< where it was started without waiting
  SupervisorReport report_;     ///< written by thread_, read once that was joined; so is the next
  std::exception_ptr failure_;  ///< of the supervisor itself, as when memory ran out
};

Supervisor::Supervisor(SupervisorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Supervisor::~Supervisor() = default;

void Supervisor::add(std::string name, ChildBody body, ChildOptions options) {
  impl_->add(std::move(name), std::move(body), std::move(options));
}
void Supervisor::add_group(SupervisionGroup group) { impl_->add_group(std::move(group)); }
SupervisorReport Supervisor::run() { return impl_->run(); }
void Supervisor::start() { impl_->start(); }
SupervisorReport Supervisor::wait() { return impl_->wait(); }
void Supervisor::stop() noexcept { impl_->stop(); }

}  // namespace weir
