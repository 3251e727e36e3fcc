// A token: what is in flight for one piece of work on one branch of the graph.
//
// A token is owned by exactly one place at a time: a running segment, a message of a node, a step that
// restores order. Nodes carry it as a raw pointer, since oneTBB copies messages; whoever receives the pointer
// owns it. Its destructor gives everything back, on every path.
#pragma once

#include <atomic>
#include <boost/container/small_vector.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <memory>

#include "engine/graph/plan.hpp"
#include "engine/runtime/credit_pool.hpp"
#include "engine/runtime/recycled.hpp"
#include "engine/telemetry/counters.hpp"

namespace weir::runtime {

/// The permission of one piece of work to be in flight, shared by the branches that fan-out makes of it. The
/// last one to let go gives the credit back. Self-synchronised.
class Admission final : public Recycled {
 public:
  /// Takes over a credit that was acquired from `pool`.
  Admission(CreditPool& pool, Origin origin) noexcept : pool_(&pool), origin_(std::move(origin)) {}
  /// Without a credit: for a token that is kept until its turn comes.
  explicit Admission(Origin origin) noexcept : origin_(std::move(origin)) {}
  ~Admission() {
    if (pool_) pool_->release();
  }
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  CreditPool* pool() const noexcept { return pool_; }  ///< null: it holds no credit
  const Origin& origin() const noexcept { return origin_; }

  friend void intrusive_ptr_add_ref(Admission* admission) noexcept {
    admission->branches_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(Admission* admission) noexcept {
    if (admission->branches_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete admission;
  }

 private:
  CreditPool* const pool_ = nullptr;
  const Origin origin_;
  std::atomic<std::uint32_t> branches_{0};
};
using AdmissionRef = boost::intrusive_ptr<Admission>;

/// One batch of a token, with the edge that it came by, the port that the edge ends in, and the segment it
/// was made in.
struct TokenItem {
  Batch batch;
  std::size_t rows = 0;  ///< of the batch
  EdgeIndex edge = 0;
  PortIndex port = 0;
  SegmentIndex made_in = 0;
};

/// What was begun with a token that has to wait: carried by it, for whoever goes on.
class Unfinished {
 public:
  Unfinished() = default;
  Unfinished(Unfinished&&) = default;
  virtual ~Unfinished() = default;
};

class Token final : public Recycled {
 public:
  Token(FlowIndex flow, std::uint64_t sequence, AdmissionRef admission) noexcept
      : flow_(flow), sequence_(sequence), admission_(std::move(admission)) {}
  ~Token() {
    // The credit before the bytes: in between, a pool with neither would admit a second token.
    CreditPool* const pool = admission_->pool();
    admission_.reset();
    if (pool) pool->remove_bytes(accounted_bytes_);
  }
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;

  FlowIndex flow() const noexcept { return flow_; }
  std::uint64_t sequence() const noexcept { return sequence_; }
  const AdmissionRef& admission() const noexcept { return admission_; }

  /// The batches, in order. May be empty: a token whose rows were all filtered out still travels, so that
  /// sequence numbers have no gaps.
  boost::container::small_vector<TokenItem, 1> items;

  /// Null: nothing was begun, or nothing is left of it.
  std::unique_ptr<Unfinished> unfinished;

  /// Makes the flow's byte credits agree with what the token holds now.
  void account_items() noexcept {
    std::size_t bytes = 0;
    for (const TokenItem& item : items)
      bytes += item.batch->bytes();
    account(bytes);
  }

  /// For a token that has to wait for something that may need the credit: it waits without. Other branches
  /// of the same piece of work keep theirs.
  void give_up_credit() {
    if (admission_->pool()) readmit(AdmissionRef(new Admission(admission_->origin())));
  }

  /// Puts the token under a new admission: it was kept, and is in flight again.
  void readmit(AdmissionRef admission) noexcept {
    account(0);
    admission_ = std::move(admission);
    account_items();
  }

 private:
  void account(std::size_t bytes) noexcept {
    CreditPool* const pool = admission_->pool();
    if (!pool) return;
    if (bytes > accounted_bytes_) pool->add_bytes(bytes - accounted_bytes_);
    if (bytes < accounted_bytes_) pool->remove_bytes(accounted_bytes_ - bytes);
    accounted_bytes_ = bytes;
  }

  const FlowIndex flow_;
  const std::uint64_t sequence_;
  AdmissionRef admission_;
  std::size_t accounted_bytes_ = 0;
};
using TokenPtr = std::unique_ptr<Token>;

}  // namespace weir::runtime
