// Stages between a CSV file and another, run by the engine: what they write must be the same bytes whatever
// the number of threads.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "tests/stages/testing/temporary_folder.hpp"
#include "weir/pipeline.hpp"
#include "weir/run.hpp"

namespace weir::testing {

class WholePipeline {
 public:
  /// `stages`: items of `stages:`, indented by two, between the reader `rows` of the CSV and the writer. More
  /// files may be written into `folder` and read.
  WholePipeline(std::string_view csv, std::string stages) : stages_(std::move(stages)) {
    folder.write("in.csv", csv);
  }

  /// What is written; the run must succeed and its ledger balance.
  std::string output(std::size_t threads, RunReport* reported = nullptr) const {
    Pipeline pipeline = parse_pipeline("weir: 1\nstages:\n  - {type: read_csv, name: rows, path: in.csv}\n" +
                                           stages_ + "  - {type: write_csv, name: out, path: out.csv}\n",
                                       "whole.yaml", folder.file(""));
    const ThreadLimit limit(threads);
    pipeline.runtime.threads = threads;
    RunReport report = run(pipeline.graph, pipeline.runtime);
    EXPECT_TRUE(report.succeeded()) << (report.failure ? report.failure->error.message : "");
    EXPECT_EQ(report.imbalances(), std::vector<std::string>());
    if (reported != nullptr) *reported = std::move(report);
    return folder.read("out.csv");
  }

  /// What is written by one thread, having made sure that two and eight write the same.
  std::string output() const {
    std::string one = output(1);
    for (const std::size_t threads : {2u, 8u})
      EXPECT_TRUE(output(threads) == one) << "differs with " << threads << " threads";
    return one;
  }

  TemporaryFolder folder;

 private:
  std::string stages_;
};

}  // namespace weir::testing
