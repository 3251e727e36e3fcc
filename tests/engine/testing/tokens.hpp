// Tokens as flows make them, for tests of the places that they pass.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "engine/runtime/token.hpp"
#include "tests/engine/testing/number_stages.hpp"

namespace weir::testing {

/// A pool whose credits nobody waits for.
inline runtime::CreditPool pool_of(std::size_t tokens, std::size_t bytes = SIZE_MAX) {
  return {tokens, bytes, [] {}};
}

/// A token that holds one of `pool`'s credits and one batch, which came by `edge`.
inline runtime::TokenPtr make_token(runtime::CreditPool& pool, FlowIndex flow, std::uint64_t sequence,
                                    std::vector<std::int64_t> values = {}, EdgeIndex edge = 0) {
  EXPECT_TRUE(pool.try_acquire());
  auto token = std::make_unique<runtime::Token>(
      flow, sequence, runtime::AdmissionRef(new runtime::Admission(pool, Origin{})));
  const std::size_t rows = values.size();
  token->items.push_back({.batch = numbers(std::move(values)), .rows = rows, .edge = edge});
  token->account_items();
  return token;
}

/// A branch of the same piece of work.
inline runtime::TokenPtr make_branch(const runtime::Token& of, std::vector<std::int64_t> values,
                                     EdgeIndex edge = 0) {
  auto token = std::make_unique<runtime::Token>(of.flow(), of.sequence(), of.admission());
  const std::size_t rows = values.size();
  token->items.push_back({.batch = numbers(std::move(values)), .rows = rows, .edge = edge});
  token->account_items();
  return token;
}

}  // namespace weir::testing
