#include "engine/runtime/merge_buffer.hpp"

#include <algorithm>
#include <iterator>

namespace weir::runtime {

MergeBuffer::MergeBuffer(const std::vector<ArrivalPlan>& arrivals, bool keeps_early)
    : keeps_early_(keeps_early) {
  for (const ArrivalPlan& arrival : arrivals)
    branches_[arrival.flow] = arrival.tokens;
}

TokenPtr MergeBuffer::arrive(TokenPtr token) {
  const std::size_t branches = branches_.at(token->flow());
  if (branches == 1) return token;

  const std::lock_guard lock(mutex_);
  const std::pair key{token->flow(), token->sequence()};
  const auto [at, first] = pending_.try_emplace(key, Pending{.token = nullptr, .missing = branches});
  Pending& pending = at->second;
  if (!first) take_over(*token, *pending.token);
  pending.token = nullptr;
  if (--pending.missing > 0) {
    if (keeps_early_) token->give_up_credit();
    pending.token = std::move(token);
    return nullptr;
  }
  pending_.erase(at);
  std::ranges::stable_sort(token->items, {}, [](const TokenItem& item) {
    return std::pair{item.edge, item.made_in};
  });
  return token;
}

void MergeBuffer::take_over(Token& into, Token& from) {
  into.items.insert(into.items.end(), std::make_move_iterator(from.items.begin()),
                    std::make_move_iterator(from.items.end()));
  from.items.clear();
  into.account_items();
}

std::vector<TokenPtr> MergeBuffer::take_rest() {
  const std::lock_guard lock(mutex_);
  std::vector<TokenPtr> rest;
  for (auto& [key, pending] : pending_)
    rest.push_back(std::move(pending.token));
  pending_.clear();
  return rest;
}

}  // namespace weir::runtime
