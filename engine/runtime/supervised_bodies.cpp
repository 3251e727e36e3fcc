#include "weir/supervised_bodies.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <variant>

#include "engine/supervision/later.hpp"
#include "engine/supervision/supervision_tree.hpp"
#include "engine/telemetry/duration_text.hpp"

namespace weir {
namespace detail {

/// What all bodies share.
class BodySupervision {
 public:
  explicit BodySupervision(const SupervisedBodiesOptions& options)
      : seed(options.seed), clock(options.clock ? *options.clock : Clock::steady()) {}

  struct Failed {
    std::size_t body = 0;
    ErrorInfo error;
    std::uint32_t attempts = 1;
  };

  /// With the mutex held. Needs no memory, as this is where all that goes wrong ends.
  void fail(std::size_t body, ErrorInfo error, std::uint32_t attempts) noexcept {
    if (!failure) failure.emplace(Failed{body, std::move(error), attempts});
    failed.store(true);
    hurried.notify_all();
  }
  /// Lets `delay` pass, or less once a body has failed: then all that waits is hurried.
  void wait(std::unique_lock<std::mutex>& lock, Duration delay) {
    const TimePoint due = later(clock.now(), delay);
    while (!failed.load() && clock.now() < due)
      clock.wait_until(lock, hurried, due);
  }

  const std::uint64_t seed;
  const Clock& clock;
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::condition_variable hurried;
  std::deque<BodyReport> bodies;  ///< guarded by mutex, as is the next
  std::optional<Failed> failure;
};

namespace {

/// The longest of the delays for 0 to `n`.
Duration longest_delay(Backoff backoff, std::uint32_t n) noexcept {
  const double jitter = std::clamp(backoff.jitter, 0.0, 1.0);
  backoff.jitter = 0;
  const Duration steady = backoff.delay(n, 0);
  const double most = static_cast<double>(steady.count()) * (1 + jitter);
  return most >= static_cast<double>(backoff.max.count()) ? std::min(steady + steady, backoff.max)
                                                          : Duration(static_cast<Duration::rep>(most));
}

void check_wait(const std::string& what, Duration longest) {
  if (longest <= kBodyWaitMax) return;
  throw UsageError(what + " would hold a worker of oneTBB for " + duration_text(longest) + ", and may for " +
                   duration_text(kBodyWaitMax) +
                   ": lower Backoff::max, or make it a stage of weir::run, where waiting holds nobody up");
}

void check_chain(const std::string& body, const ErrorChain& chain) {
  for (const RecoveryStep& step : chain.steps) {
    if (step.times == 0) continue;
    check_wait("a retry of " + body, longest_delay(step.backoff, step.times - 1));
  }
}

void check(const std::string& name, const BodyGuard::Rules& rules) {
  if (name.empty()) throw UsageError("a supervised body needs a name, by which reports speak of it");
  const std::string body = "body '" + name + "'";
  if (rules.on_error.may(RecoveryStep::Kind::restart) && !rules.has_factory)
    throw UsageError(body +
                     " is to be restarted, but nothing can make it anew: pass weir::per_worker(factory)");
  if (rules.on_error.may(FailureAction::dead_letter) && !rules.has_handler)
    throw UsageError(body + " has dead letters, but nobody takes them: pass a handler of weir::DeadInput<T>");
  if (rules.on_error.threshold.share)
    throw UsageError(
        body + " has a threshold by share, but its inputs are not counted while all is well: give a `count`");
  for (const ErrorChain& chain : rules.on_error.by_class)
    check_chain(body, chain);
  for (const TypedChain& typed : rules.on_error.by_type)
    check_chain(body, typed.chain);
  if (rules.on_error.may(RecoveryStep::Kind::restart))
    check_wait("a restart of " + body, longest_delay(rules.restarts.backoff, UINT32_MAX));
}

}  // namespace

/// What has come of one body so far. Its members are guarded by the mutex of all bodies.
class BodyGuard::History {
 public:
  History(std::shared_ptr<BodySupervision> shared, std::string name, Rules rules)
      : shared_(std::move(shared)), name_(std::move(name)), rules_(std::move(rules)), tree_(plan()) {
    const std::lock_guard lock(shared_->mutex);
    if (std::ranges::find(shared_->bodies, name_, &BodyReport::name) != shared_->bodies.end())
      throw UsageError("there are two bodies with the name '" + name_ + "'; each needs its own");
    body_ = shared_->bodies.size();
    report_ = &shared_->bodies.emplace_back(BodyReport{.name = name_});
  }

  const std::string& name() const noexcept { return name_; }

  void count_passed_over() noexcept {
    const std::lock_guard lock(shared_->mutex);
    ++report_->passed_over;
  }

  void fail(ErrorInfo error, std::uint32_t attempts) noexcept {
    const std::lock_guard lock(shared_->mutex);
    ++report_->failures;
    shared_->fail(body_, std::move(error), attempts);
  }

  BodyStep settle(const BodyAttempts& attempts, ErrorInfo& error, std::atomic<std::uint64_t>& incarnation) {
    const Decision decision = rules_.on_error.decide(error, attempts.failures);
    std::unique_lock lock(shared_->mutex);
    ++report_->failures;
    switch (decision.kind) {
      case Decision::Kind::retry:
        ++report_->retried;
        shared_->wait(lock, decision.step->backoff.delay(decision.nth, shared_->seed ^ report_->failures));
        return BodyStep::call_again;
      case Decision::Kind::restart:
        if (!restart(lock, attempts, error, incarnation)) break;
        ++report_->retried;
        return BodyStep::call_again;
      case Decision::Kind::skip:
        ++report_->skipped;
        check_threshold();
        return BodyStep::leave_out;
      case Decision::Kind::dead_letter:
        ++report_->dead;
        check_threshold();
        return BodyStep::dead_letter;
      case Decision::Kind::fail:
        break;
    }
    shared_->fail(body_, std::move(error), attempts.failures);
    return BodyStep::leave_out;
  }

 private:
  /// The body is a group by itself.
  TreePlan plan() const {
    return {.groups = {{.name = name_, .policy = rules_.restarts}},
            .children = {TreeChild{}},
            .seed = shared_->seed};
  }

  /// Whether the call is to be made again, on the next incarnation. Otherwise `error` says why not.
  bool restart(std::unique_lock<std::mutex>& lock, const BodyAttempts& attempts, ErrorInfo& error,
               std::atomic<std::uint64_t>& incarnation) {
    if (incarnation.load() != attempts.incarnation) return true;  // another call has had it made anew
    const Verdict verdict = tree_.child_failed(0, shared_->clock.now());
    if (const auto* again = std::get_if<Restart>(&verdict)) {
      ++report_->restarts;
      ++report_->incarnation;
      incarnation.store(report_->incarnation, std::memory_order_release);
      shared_->wait(lock, again->delay);
      return true;
    }
    error.message += "; no restart is left, after " + std::to_string(rules_.restarts.max_restarts) +
                     " within " + duration_text(rules_.restarts.within);
    return false;
  }

  void check_threshold() {
    const auto& limit = rules_.on_error.threshold.count;
    if (!limit || report_->skipped + report_->dead <= *limit) return;
    shared_->fail(
        body_,
        {.error_class = ErrorClass::data,
         .message = "more than " + std::to_string(*limit) + " inputs were refused, the `threshold`"},
        1);
  }

  const std::shared_ptr<BodySupervision> shared_;
  const std::string name_;
  const Rules rules_;
  SupervisionTree tree_;
  std::size_t body_ = 0;
  BodyReport* report_ = nullptr;  ///< of the shared ones, which stay where they are
};

BodyGuard::BodyGuard(const SupervisedBodies& bodies, std::string name, Rules rules)
    : failed_(bodies.shared_->failed),
      history_((check(name, rules),
                std::make_unique<History>(bodies.shared_, std::move(name), std::move(rules)))) {}
BodyGuard::~BodyGuard() = default;

const std::string& BodyGuard::name() const noexcept { return history_->name(); }

BodyStep BodyGuard::settle(BodyAttempts& attempts, std::optional<ErrorInfo>& error) noexcept {
  ErrorInfo caught = describe_current_exception();
  ++attempts.failures;
  try {
    const BodyStep step = history_->settle(attempts, caught, incarnation_);
    if (step == BodyStep::dead_letter) error = std::move(caught);
    return step;
  } catch (...) {  // deciding failed, for lack of memory or in the caller's own TypedChain::matches
    fail(attempts);
    return BodyStep::leave_out;
  }
}

void BodyGuard::fail(const BodyAttempts& attempts) noexcept {
  history_->fail(describe_current_exception(), attempts.failures);
}

void BodyGuard::count_passed_over() noexcept { history_->count_passed_over(); }

}  // namespace detail

SupervisedBodies::SupervisedBodies(const SupervisedBodiesOptions& options)
    : shared_(std::make_shared<detail::BodySupervision>(options)) {}

bool SupervisedBodies::failed() const noexcept { return shared_->failed.load(); }

SupervisedBodiesReport SupervisedBodies::report() const {
  const std::lock_guard lock(shared_->mutex);
  SupervisedBodiesReport report;
  report.bodies.assign(shared_->bodies.begin(), shared_->bodies.end());
  if (const auto& failure = shared_->failure)
    report.failure = {
        .body = report.bodies[failure->body].name, .error = failure->error, .attempts = failure->attempts};
  return report;
}

void SupervisedBodies::throw_if_failed() const {
  const auto failure = report().failure;
  if (!failure) return;
  if (failure->error.cause) std::rethrow_exception(failure->error.cause);
  throw Error(failure->error.error_class, "body '" + failure->body + "': " + failure->error.message);
}

}  // namespace weir
