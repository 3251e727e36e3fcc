module weir/benchmarks

go 1.19
