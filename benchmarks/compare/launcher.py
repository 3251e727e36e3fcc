"""Runs a command and prints, as JSON on a line of its own behind what it printed, what that took.

A process's peak memory begins with that of who started it, so a small one stands between: `python -I -S launcher.py
COMMAND...`, which imports next to nothing.
"""
import os
import sys
import time

begin = time.monotonic()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
seconds = time.monotonic() - begin
print('\n{"seconds": %r, "cpu_seconds": %r, "peak_bytes": %d}'
      % (seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024))
sys.exit(abs(os.waitstatus_to_exitcode(status)))
