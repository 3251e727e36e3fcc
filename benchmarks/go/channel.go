package main

import (
	"fmt"
	"sync"
)

// passed sends items one by one from some goroutines to others.
func passed(items, producers, consumers, capacity int) bool {
	queue := make(chan uint64, capacity)
	var sending, receiving sync.WaitGroup
	sending.Add(producers)
	receiving.Add(consumers)
	counts := make([]int, consumers)
	for producer := 0; producer < producers; producer++ {
		go func() {
			defer sending.Done()
			for i := 0; i < items/producers; i++ {
				queue <- uint64(i)
			}
		}()
	}
	for consumer := 0; consumer < consumers; consumer++ {
		go func(consumer int) {
			defer receiving.Done()
			count := 0
			for range queue {
				count++
			}
			counts[consumer] = count
		}(consumer)
	}
	sending.Wait()
	close(queue)
	receiving.Wait()
	sum := 0
	for _, count := range counts {
		sum += count
	}
	return sum == items
}

func channels() []pattern {
	const items = 1_000_000
	var all []pattern
	for _, each := range []int{1, 2} {
		for _, capacity := range []int{64, 1024, 16384} {
			each, capacity := each, capacity
			all = append(all, pattern{
				name:    fmt.Sprintf("channel/Go/producers:%d/consumers:%d/capacity:%d", each, each, capacity),
				threads: 2 * each, items: items,
				run: func() bool { return passed(items, each, each, capacity) }})
		}
	}
	return all
}
