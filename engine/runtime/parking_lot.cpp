#include "engine/runtime/parking_lot.hpp"

#include <algorithm>

namespace weir::runtime {

ParkingLot::ParkingLot(Scheduler& scheduler, std::vector<FlowIndex> flows, std::size_t limit_tokens,
                       std::size_t limit_bytes, std::function<void(TokenPtr)> release)
    : scheduler_(scheduler),
      flows_(std::move(flows)),
      release_(std::move(release)),
      credits_(limit_tokens, limit_bytes, [this] { scheduler_.defer([this] { let_out(); }); }) {}

void ParkingLot::park(TokenPtr token) {
  {
    const std::lock_guard lock(mutex_);
    if (!open_) {
      token->give_up_credit();
      const auto rank = std::ranges::find(flows_, token->flow()) - flows_.begin();
      const std::pair key{static_cast<std::size_t>(rank), token->sequence()};
      parked_.emplace(key, std::move(token));
      return;
    }
  }
  release_(std::move(token));
}

void ParkingLot::open() {
  {
    const std::lock_guard lock(mutex_);
    open_ = true;
  }
  let_out();
}

void ParkingLot::let_out() {
  do {
    while (true) {
      TokenPtr token;
      {
        const std::lock_guard lock(mutex_);
        if (parked_.empty()) return;
        if (!credits_.try_acquire()) break;
        token = std::move(parked_.begin()->second);
        parked_.erase(parked_.begin());
      }
      Origin origin = token->admission()->origin();
      token->readmit(AdmissionRef(new Admission(credits_, std::move(origin))));
      release_(std::move(token));
    }
  } while (!credits_.sleep());
}

std::vector<TokenPtr> ParkingLot::take_rest() {
  const std::lock_guard lock(mutex_);
  std::vector<TokenPtr> rest;
  for (auto& [key, token] : parked_)
    rest.push_back(std::move(token));
  parked_.clear();
  return rest;
}

}  // namespace weir::runtime
