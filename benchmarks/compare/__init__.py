"""Holds pipelines run by `weir run` against what people would use instead. See scripts/compare."""
