// The patterns of the C++ benchmarks as one writes them in Go: a peer that scripts/bench holds them against.
//
//	go_patterns -list              names of patterns, PROGRAM/Go.../CASE as in the C++ benchmarks
//	go_patterns -run NAME          runs one, and prints {"name": ..., "ns_per_item": ...}
//	go_patterns -run NAME -min-time 0.1s
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"
)

// A pattern carries its items once, and answers whether each arrived.
type pattern struct {
	name    string
	threads int
	items   int
	run     func() bool
}

func patterns() []pattern {
	var all []pattern
	all = append(all, pipelines()...)
	all = append(all, fanOuts()...)
	all = append(all, workerPools()...)
	all = append(all, channels()...)
	return all
}

// nsPerItem runs a pattern until it has run for minTime, after one run that warms it up.
func nsPerItem(its pattern, minTime time.Duration) (float64, error) {
	runtime.GOMAXPROCS(its.threads)
	runs := 0
	var begin time.Time
	for ; runs == 0 || time.Since(begin) < minTime; runs++ {
		if runs == 0 && begin.IsZero() {
			if !its.run() {
				return 0, fmt.Errorf("%s: items are missing, or wrong", its.name)
			}
			begin = time.Now()
		}
		if !its.run() {
			return 0, fmt.Errorf("%s: items are missing, or wrong", its.name)
		}
	}
	return float64(time.Since(begin).Nanoseconds()) / float64(runs) / float64(its.items), nil
}

func main() {
	list := flag.Bool("list", false, "print the names of all patterns")
	name := flag.String("run", "", "the pattern to run")
	minTime := flag.Duration("min-time", 100*time.Millisecond, "how long to run it at least")
	flag.Parse()
	for _, its := range patterns() {
		if *list {
			fmt.Println(its.name)
		} else if its.name == *name {
			took, err := nsPerItem(its, *minTime)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			json.NewEncoder(os.Stdout).Encode(map[string]any{"name": its.name, "ns_per_item": took})
			return
		}
	}
	if !*list {
		fmt.Fprintf(os.Stderr, "there is no pattern '%s'; -list prints their names\n", *name)
		os.Exit(64)
	}
}
