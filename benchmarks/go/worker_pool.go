package main

import (
	"fmt"
	"sync"
)

const jobBuffer = 256

// pooled posts empty jobs one by one to workers that take them from a channel.
func pooled(jobs, workers int) bool {
	queue := make(chan func(*int), jobBuffer)
	counts := make([]int, workers)
	var done sync.WaitGroup
	done.Add(workers)
	for worker := 0; worker < workers; worker++ {
		go func(worker int) {
			defer done.Done()
			count := 0
			for job := range queue {
				job(&count)
			}
			counts[worker] = count
		}(worker)
	}
	for i := 0; i < jobs; i++ {
		queue <- func(count *int) { *count++ }
	}
	close(queue)
	done.Wait()
	sum := 0
	for _, count := range counts {
		sum += count
	}
	return sum == jobs
}

// workerPools: workers beside the one that posts, as in the C++ benchmark.
func workerPools() []pattern {
	const jobs = 1_000_000
	var all []pattern
	for _, workers := range []int{1, 2, 4} {
		workers := workers
		all = append(all, pattern{
			name:    fmt.Sprintf("worker_pool/Go/workers:%d/body_ns:0", workers),
			threads: workers + 1, items: jobs,
			run: func() bool { return pooled(jobs, workers) }})
	}
	return all
}
