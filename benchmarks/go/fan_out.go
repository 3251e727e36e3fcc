package main

import "fmt"

const branches = 3

// fannedOut sends each block three ways, and takes one of each branch in turn, so that order is kept.
func fannedOut(items, batch int) uint64 {
	var in [branches]chan []uint64
	var out [branches]chan []uint64
	for branch := range in {
		in[branch] = make(chan []uint64, edgeBuffer)
		out[branch] = make(chan []uint64, edgeBuffer)
		go func(branch int) {
			defer close(out[branch])
			for block := range in[branch] {
				results := make([]uint64, len(block))
				for i, value := range block {
					results[i] = worked(value, uint64(branch))
				}
				out[branch] <- results
			}
		}(branch)
	}
	go func() {
		for block := range numbers(items, batch) {
			for branch := range in {
				in[branch] <- block
			}
		}
		for branch := range in {
			close(in[branch])
		}
	}()
	sum := uint64(0)
	for block := range out[0] {
		for branch := 0; branch < branches; branch++ {
			if branch > 0 {
				block = <-out[branch]
			}
			for _, value := range block {
				sum += value
			}
		}
	}
	return sum
}

func fanOuts() []pattern {
	const items = 1 << 21
	expected := uint64(0)
	for i := uint64(0); i < items; i++ {
		for branch := uint64(0); branch < branches; branch++ {
			expected += worked(i, branch)
		}
	}
	var all []pattern
	for _, threads := range []int{1, 2} {
		for _, batch := range []int{1024, 4096} {
			batch := batch
			all = append(all, pattern{
				name:    fmt.Sprintf("fan_out/Go/body_ns:0/batch:%d/threads:%d", batch, threads),
				threads: threads, items: items,
				run: func() bool { return fannedOut(items, batch) == expected }})
		}
	}
	return all
}
