package main

import "fmt"

const edgeBuffer = 256 // of a channel between two stages

func worked(value, stage uint64) uint64 { return value + value>>3 + value>>5 + stage }

// numbers gives out 0, 1, 2 ... in slices of `batch`.
func numbers(items, batch int) chan []uint64 {
	out := make(chan []uint64, edgeBuffer)
	go func() {
		defer close(out)
		for at := 0; at < items; {
			count := batch
			if items-at < count {
				count = items - at
			}
			block := make([]uint64, count)
			for i := range block {
				block[i] = uint64(at + i)
			}
			at += count
			out <- block
		}
	}()
	return out
}

func stageOfBlocks(in chan []uint64, stage uint64) chan []uint64 {
	out := make(chan []uint64, edgeBuffer)
	go func() {
		defer close(out)
		for block := range in {
			for i, value := range block {
				block[i] = worked(value, stage)
			}
			out <- block
		}
	}()
	return out
}

func stageOfItems(in chan uint64, stage uint64) chan uint64 {
	out := make(chan uint64, edgeBuffer)
	go func() {
		defer close(out)
		for value := range in {
			out <- worked(value, stage)
		}
	}()
	return out
}

func itemByItem(items int) uint64 {
	first := make(chan uint64, edgeBuffer)
	go func() {
		defer close(first)
		for i := 0; i < items; i++ {
			first <- uint64(i)
		}
	}()
	last := first
	for stage := uint64(0); stage < 3; stage++ {
		last = stageOfItems(last, stage)
	}
	sum := uint64(0)
	for value := range last {
		sum += value
	}
	return sum
}

func blockByBlock(items, batch int) uint64 {
	last := numbers(items, batch)
	for stage := uint64(0); stage < 3; stage++ {
		last = stageOfBlocks(last, stage)
	}
	sum := uint64(0)
	for block := range last {
		for _, value := range block {
			sum += value
		}
	}
	return sum
}

func answer(items int) uint64 {
	sum := uint64(0)
	for i := 0; i < items; i++ {
		sum += worked(worked(worked(uint64(i), 0), 1), 2)
	}
	return sum
}

// pipelines: three trivial stages, each a goroutine, with buffered channels between them.
func pipelines() []pattern {
	var all []pattern
	for _, threads := range []int{1, 2} {
		for _, batch := range []int{1, 64, 1024, 4096} {
			batch, items := batch, 1<<21
			if batch == 1 {
				items = 200_000
			}
			expected := answer(items)
			run := func() bool { return blockByBlock(items, batch) == expected }
			if batch == 1 {
				run = func() bool { return itemByItem(items) == expected }
			}
			all = append(all, pattern{
				name:    fmt.Sprintf("typed_flow/Go/stages:3/body_ns:0/payload:8/batch:%d/threads:%d", batch, threads),
				threads: threads, items: items, run: run})
		}
	}
	return all
}
