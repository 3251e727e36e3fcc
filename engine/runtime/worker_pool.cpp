#include "weir/worker_pool.hpp"

#include "engine/runtime/worker_pool_impl.hpp"
#include "engine/supervision/later.hpp"

namespace weir {

std::string_view to_string(WorkerPoolStatus status) noexcept {
  switch (status) {
    case WorkerPoolStatus::open:
      return "open";
    case WorkerPoolStatus::draining:
      return "draining";
    case WorkerPoolStatus::drained:
      return "drained";
    case WorkerPoolStatus::stopped:
      return "stopped";
    case WorkerPoolStatus::gave_up:
      break;
  }
  return "gave_up";
}

JobDiscarded::JobDiscarded() : std::runtime_error("the job never began: its pool was stopped, or gave up") {}

WorkerPoolCore::WorkerPoolCore(WorkerPoolOptions options, MakeContext make_context)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(make_context))) {}

WorkerPoolCore::~WorkerPoolCore() = default;

void WorkerPoolCore::post(Job job) { impl_->post(job, {}); }
bool WorkerPoolCore::try_post(Job job) { return impl_->try_post(job); }
bool WorkerPoolCore::post(Job job, const std::stop_token& stop) { return impl_->post(job, {.stop = stop}); }
bool WorkerPoolCore::post_for(Job job, Duration patience) {
  return impl_->post(job, {.deadline = later(impl_->clock().now(), patience)});
}

void WorkerPoolCore::wait_idle() {
  must_not_be_in_a_job("wait_idle()");
  impl_->wait_idle({});
}
bool WorkerPoolCore::wait_idle_for(Duration patience) {
  must_not_be_in_a_job("wait_idle_for()");
  return impl_->wait_idle(later(impl_->clock().now(), patience));
}
void WorkerPoolCore::must_not_be_in_a_job(const char* call) const { impl_->must_not_be_in_a_job(call); }

WorkerPoolReport WorkerPoolCore::drain() {
  must_not_be_in_a_job("drain()");
  impl_->drain();
  return impl_->finish();
}
WorkerPoolReport WorkerPoolCore::stop() {
  must_not_be_in_a_job("stop()");
  impl_->request_stop();
  return impl_->finish();
}
void WorkerPoolCore::request_stop() noexcept { impl_->request_stop(); }
WorkerPoolReport WorkerPoolCore::report() const { return impl_->report(); }

}  // namespace weir
