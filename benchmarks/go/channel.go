// What benchmarks/channel.cpp asks, of Go's buffered channels: `go run benchmarks/go/channel.go` prints the
// nanoseconds an item by producers, consumers and capacity; the least of some rounds.
package main

import (
	"fmt"
	"sync"
	"time"
)

const (
	items  = 1_000_000
	rounds = 7
)

func run(producers, consumers, capacity int) time.Duration {
	channel := make(chan int64, capacity)
	var producing, consuming sync.WaitGroup
	begin := time.Now()
	for i := 0; i < producers; i++ {
		producing.Add(1)
		go func() {
			defer producing.Done()
			for item := int64(0); item < int64(items/producers); item++ {
				channel <- item
			}
		}()
	}
	for i := 0; i < consumers; i++ {
		consuming.Add(1)
		go func() {
			defer consuming.Done()
			sum := int64(0)
			for item := range channel {
				sum += item
			}
			sink(sum)
		}()
	}
	producing.Wait()
	close(channel)
	consuming.Wait()
	return time.Since(begin)
}

//go:noinline
func sink(int64) {}

func main() {
	for _, threads := range []int{1, 2, 4} {
		for _, capacity := range []int{64, 1024, 16384} {
			least := time.Hour
			for round := 0; round < rounds; round++ {
				if took := run(threads, threads, capacity); took < least {
					least = took
				}
			}
			fmt.Printf("%dx%d capacity %5d: %6.1f ns an item\n", threads, threads, capacity,
				float64(least.Nanoseconds())/items)
		}
	}
}
