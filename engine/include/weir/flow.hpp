// Typed flows: pipelines of C++ callables that read like ranges.
//
//     std::vector<Quote> quotes;
//     weir::Flow job = weir::from("orders", read_order)                 // a callable, a range, a channel
//                    | weir::map("parse", parse)
//                    | weir::filter("valid", is_valid)
//                    | weir::map("price", weir::per_worker([&] { return Quoter{url}; }))
//                          .io(8)                                        // on 8 threads of its own
//                          .on_error(weir::retry(3).then(weir::restart()).then(weir::dead_letter(bad)))
//                    | weir::to("quotes", quotes);
//     weir::RunReport report = job.run({.threads = 8});
//
// Items travel in chunks. Neighbouring map, filter, inspect and flat_map stages become one loop over a chunk,
// and stay stages for all that: each is counted, supervised and named in messages by itself. What comes out
// is in the order of the input, whatever the number of threads, unless a sink says `unordered`.
//
// Callables are called from many threads at once, and must be so `const`; give each worker its own by
// `per_worker`. What they throw ends nothing but the item's way, as `on_error` says. One that is `noexcept`
// is not guarded at all.
#pragma once

#include "weir/flow/branches.hpp"
#include "weir/flow/channels.hpp"
#include "weir/flow/item_stage.hpp"
#include "weir/flow/job.hpp"
#include "weir/flow/sinks.hpp"
#include "weir/flow/sources.hpp"
#include "weir/flow/stateful_stages.hpp"
#include "weir/flow/stream.hpp"
