#include "weir/testing/faults.hpp"

#include <stdexcept>
#include <utility>

#include "engine/testing/weakness.hpp"

namespace weir::testing {

Faults& Faults::at_value(std::string described, std::uint32_t times) {
  at_value_[std::move(described)] += times;
  return *this;
}

Faults& Faults::at_record(std::uint64_t nth, std::uint32_t times) {
  at_record_[nth] += times;
  return *this;
}

Faults& Faults::at_piece(std::uint64_t nth, std::uint32_t times) {
  at_piece_[nth] += times;
  return *this;
}

Faults& Faults::in_open(std::uint64_t first, std::uint32_t times) {
  first_failing_open_ = first;
  in_open_ = times;
  return *this;
}

Faults& Faults::in_finish(std::uint32_t times) {
  in_finish_ = times;
  return *this;
}

Faults& Faults::breaking_it() {
  breaking_ = true;
  return *this;
}

Faults& Faults::throwing(std::function<void(const std::string&)> thrower) {
  thrower_ = std::move(thrower);
  return *this;
}

std::uint64_t Faults::left() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t left = in_open_ + in_finish_;
  for (const auto& [value, times] : at_value_)
    left += times;
  for (const auto& [nth, times] : at_record_)
    left += times;
  for (const auto& [nth, times] : at_piece_)
    left += times;
  return left;
}

Weakness::Weakness(FaultsPtr faults) : faults_(std::move(faults)) {}

void Weakness::open() const {
  const std::lock_guard lock(faults_->mutex_);
  if (++faults_->opened_ >= faults_->first_failing_open_) strike(faults_->in_open_, "open");
}

void Weakness::finish() const {
  const std::lock_guard lock(faults_->mutex_);
  fail_if_broken();
  strike(faults_->in_finish_, "finish");
}

void Weakness::next() const {
  const std::lock_guard lock(faults_->mutex_);
  fail_if_broken();
  const std::uint64_t piece = faults_->pieces_ + 1;
  if (const auto at = faults_->at_piece_.find(piece); at != faults_->at_piece_.end())
    strike(at->second, "piece " + std::to_string(piece));
}

void Weakness::gave_piece() const {
  const std::lock_guard lock(faults_->mutex_);
  ++faults_->pieces_;
}

void Weakness::strike(const Payload& batch) const {
  const std::lock_guard lock(faults_->mutex_);
  fail_if_broken();
  if (faults_->at_value_.empty() && faults_->at_record_.empty()) return;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const std::string described = batch.describe(row);
    // What is struck by its number is known by its value from then on, so that it is struck again.
    if (const auto nth = faults_->at_record_.extract(++faults_->records_))
      faults_->at_value_[described] += nth.mapped();
    if (const auto at = faults_->at_value_.find(described); at != faults_->at_value_.end())
      strike(at->second, "record " + described);
  }
}

void Weakness::fail_if_broken() const {
  if (broken_) throw std::runtime_error("broken");
}

void Weakness::strike(std::uint32_t& left, const std::string& where) const {
  if (left == 0) return;
  --left;
  broken_ = faults_->breaking_;
  if (faults_->thrower_) faults_->thrower_(where);
  throw std::runtime_error("a fault on purpose, at " + where);
}

}  // namespace weir::testing
