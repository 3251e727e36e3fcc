#include "stages/transforms/join_state.hpp"

#include <utility>

namespace weir {

JoinState::JoinState(std::shared_ptr<const Joining> joining, MemoryClaim claim, unsigned level)
    : joining_(std::move(joining)),
      claim_(std::move(claim)),
      level_(level),
      build_(joining_->right, joining_->right_keys.types(),
             joining_->kind == JoinKind::full ? JoinBuild::Unmatched::kept : JoinBuild::Unmatched::dropped) {}

void JoinState::collect(std::shared_ptr<const RecordBatch> batch, const RowSet& rows,
                        std::vector<ColumnPtr> keys, const Place& place) {
  const bool can_part = level_ <= RowPartitions::kLevelMax;
  if (!disk_ && can_part && claim_.should_spill(Growth::doubling)) go_to_disk();
  if (!can_part) claim_.require_within("the records of one key of a join's right input");
  if (disk_) {
    add_to_disk(*disk_, {{place, 0}, std::move(batch), {}, rows, std::move(keys)});
  } else {
    build_.collect(std::move(batch), rows, std::move(keys), place);
  }
  claim_.set(build_.bytes());
}

void JoinState::go_to_disk() {
  auto disk =
      std::make_unique<JoinOnDisk>(level_ == 0 ? with_places(*joining_) : joining_, claim_.budget(), level_);
  for (const JoinBuild::Collected& each : build_.collected())
    add_to_disk(*disk, each);
  build_.forget();
  disk_ = std::move(disk);
}

void JoinState::add_to_disk(JoinOnDisk& disk, const JoinBuild::Collected& collected) const {
  if (level_ > 0) return disk.add_right(*collected.batch, collected.all_rows, collected.keys);
  const auto batch = with_places(*collected.batch, disk.joining()->right, collected.begin.first);
  disk.add_right(*batch, collected.all_rows, collected.keys);
}

void JoinState::absorb(JoinState& other) {
  if (other.disk_ && !disk_) go_to_disk();
  if (disk_ && !other.disk_) other.go_to_disk();
  if (disk_) {
    disk_->absorb(*other.disk_);
  } else {
    build_.absorb(other.build_);
  }
  other.claim_.set(0);
  claim_.set(build_.bytes());
}

void JoinState::finish() {
  if (!disk_) build_.finish();
  claim_.set(build_.bytes());
}

}  // namespace weir
