"""measure.py FOLDER PROGRAM [ARGUMENT ...]: runs a program there once, and prints what the system counted:
elapsed time, CPU time (user and system, its children's too), both in seconds, and peak memory in KiB.

Its output is thrown away; where it fails, its errors are printed, and this exits with its status."""

import os
import subprocess
import sys
import time

folder, *command = sys.argv[1:]
start = time.perf_counter()
child = subprocess.Popen(
    command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
)
errors = child.stderr.read()
_, status, used = os.wait4(child.pid, 0)
elapsed = time.perf_counter() - start
code = os.waitstatus_to_exitcode(status)
if code:
    sys.stderr.buffer.write(errors)
    sys.exit(code if code > 0 else 1)
print(elapsed, used.ru_utime + used.ru_stime, used.ru_maxrss)
