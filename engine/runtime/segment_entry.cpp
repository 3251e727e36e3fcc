#include "engine/runtime/segment_entry.hpp"

#include <algorithm>
#include <utility>

namespace weir::runtime {
namespace {

std::size_t node_concurrency(const SegmentPlan& plan) {
  return plan.concurrency == 0 ? static_cast<std::size_t>(tbb::flow::unlimited) : plan.concurrency;
}

}  // namespace

SegmentEntry::SegmentEntry(RunContext& context, Segment& segment)
    : context_(context),
      segment_(segment),
      line_([this](TokenPtr token, WorkerIndex worker) { return segment_.run(std::move(token), worker); }),
      node_(context.scheduler.graph(), node_concurrency(segment.plan()), [this](Token* token) {
        const Scheduler::Body body(context_.scheduler);
        segment_.run(TokenPtr(token), body.worker());
        return tbb::flow::continue_msg{};
      }) {
  const SegmentPlan& plan = segment.plan();
  const StagePlacement& placement = context.plan.stages[plan.steps.front().stage];
  if (std::ranges::any_of(plan.arrivals, [](const ArrivalPlan& arrival) { return arrival.tokens > 1; }))
    merge_.emplace(plan.arrivals, plan.merge_keeps_early);
  for (const InputPlan& input : placement.inputs) {
    if (input.segment == placement.inputs[plan.steps.front().input].segment)
      parked_flows_.insert(parked_flows_.end(), input.parked.begin(), input.parked.end());
  }
  if (!parked_flows_.empty()) {
    parking_.emplace(context.scheduler, parked_flows_, context.options.credit_tokens,
                     context.options.credit_bytes, [this](TokenPtr token) {
                       put_in_order(std::move(token));
                       line_.advance(Scheduler::worker());
                     });
  }
  if (plan.ordered) {
    std::vector<FlowIndex> flows;
    for (const ArrivalPlan& arrival : plan.arrivals)
      flows.push_back(arrival.flow);
    order_.emplace(flows, placement.across_flows, placement.keeps_early, [this](TokenPtr token) {
      if (at_rest_)
        abandon(*token);
      else
        line_.join(std::move(token));
    });
  }
  segment.on_resume([this](TokenPtr token) {
    if (order_)
      line_.resume(std::move(token), Scheduler::worker());
    else
      node_.try_put(token.release());
  });
  direct_ = !merge_ && !parking_ && !order_ && plan.concurrency == 0;
}

void SegmentEntry::receive(TokenPtr token, WorkerIndex worker) {
  if (merge_) {
    token = merge_->arrive(std::move(token));
    if (!token) return;
  }
  if (parking_ && std::ranges::find(parked_flows_, token->flow()) != parked_flows_.end()) {
    parking_->park(std::move(token));
  } else {
    put_in_order(std::move(token));
  }
  line_.advance(worker);
}

bool SegmentEntry::receive_nothing(FlowIndex flow, std::uint64_t sequence, WorkerIndex worker) {
  Receiver* const writer = direct_ ? segment_.sole_writer() : nullptr;
  return writer && writer->receive_nothing(flow, sequence, worker);
}

void SegmentEntry::put_in_order(TokenPtr token) {
  if (order_)
    order_->arrive(std::move(token));
  else
    node_.try_put(token.release());
}

void SegmentEntry::flow_ended(FlowIndex flow, std::uint64_t end, WorkerIndex worker) {
  if (order_) order_->end(flow, end);
  line_.advance(worker);
}

void SegmentEntry::open() {
  if (parking_) parking_->open();
}

bool SegmentEntry::abandon_rest() {
  at_rest_ = true;
  if (merge_) {
    for (const TokenPtr& token : merge_->take_rest())
      abandon(*token);
  }
  if (parking_) {
    for (const TokenPtr& token : parking_->take_rest())
      abandon(*token);
  }
  if (order_) order_->flush();
  return abandoned_;
}

void SegmentEntry::abandon(const Token& token) {
  abandoned_ = true;
  const StageIndex stage = this->stage();
  const WorkerIndex worker = context_.thread_workers[stage];
  for (const TokenItem& item : token.items) {
    const std::size_t rows = item.rows;
    context_.counters.edge(worker, item.edge).received.add(rows);
    context_.counters.stage(worker, stage).in.add(rows);
    context_.counters.stage(worker, stage).abandoned.add(rows);
  }
}

}  // namespace weir::runtime
