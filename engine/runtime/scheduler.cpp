#include "engine/runtime/scheduler.hpp"

#include <utility>

namespace weir::runtime {
namespace {

/// The scheduler whose body the thread is in.
thread_local Scheduler* current_scheduler = nullptr;

}  // namespace

Scheduler::Scheduler(std::size_t threads)
    : threads_(threads), own_arena_(std::in_place, static_cast<int>(threads)), arena_(*own_arena_) {
  make_graph();
}

Scheduler::Scheduler(tbb::task_arena& arena)
    : threads_(static_cast<std::size_t>(arena.max_concurrency())), arena_(arena) {
  make_graph();
}

void Scheduler::make_graph() {
  arena_.execute([this] { graph_ = std::make_unique<tbb::flow::graph>(); });
}

Scheduler::~Scheduler() {
  arena_.execute([this] { graph_.reset(); });
}

void Scheduler::run(const std::function<void()>& begin) {
  arena_.execute([&] {
    {
      const Body body(*this);  // what it puts into the graph needs no detour through the inbox
      begin();
    }
    graph_->wait_for_all();
  });
  at_rest_.store(true);
}

void Scheduler::post(std::function<void()> put) {
  if (on_worker()) return put();
  defer(std::move(put));
}

void Scheduler::defer(std::function<void()> put) {
  if (at_rest_.load()) return;
  hold();
  inbox_.push(std::move(put));
  if (inbox_size_.fetch_add(1) != 0) return;
  hold();  // the task may come after all that was posted has been done, and must still find the inbox
  arena_.enqueue([this] {
    { const Body body(*this); }
    let_go();
  });
}

void Scheduler::empty_inbox() {
  std::function<void()> put;
  while (inbox_.try_pop(put)) {
    inbox_size_.fetch_sub(1);
    put();
    let_go();
  }
}

Scheduler::Body::Body(Scheduler& scheduler)
    : outer_(std::exchange(current_scheduler, &scheduler)), worker_(Scheduler::worker()) {}

Scheduler::Body::~Body() {
  if (current_scheduler->inbox_size_.load(std::memory_order_relaxed) > 0) current_scheduler->empty_inbox();
  current_scheduler = outer_;
}

WorkerIndex Scheduler::worker() noexcept {
  return static_cast<WorkerIndex>(tbb::this_task_arena::current_thread_index());
}

bool Scheduler::on_worker() const noexcept { return current_scheduler == this; }

bool Scheduler::inside_body() noexcept { return current_scheduler != nullptr; }

}  // namespace weir::runtime
