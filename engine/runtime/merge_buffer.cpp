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
  const auto [at, first] = pending_.try_emplace(key);
  Pending& pending = at->second;
  if (first) {
    if (keeps_early_) token->admission()->give_back_credit();
    pending = {std::move(token), branches - 1};
    return nullptr;
  }
  auto& items = pending.token->items;
  items.insert(items.end(), std::make_move_iterator(token->items.begin()),
               std::make_move_iterator(token->items.end()));
  token->items.clear();
  pending.token->account_items();
  if (--pending.missing > 0) return nullptr;
  TokenPtr merged = std::move(pending.token);
  pending_.erase(at);
  std::ranges::stable_sort(merged->items, {}, [](const TokenItem& item) {
    return std::pair{item.edge, item.made_in};
  });
  return merged;
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
