"""Waiting for conditions instead of for time."""
import time

GUARD = 60.0  # s: only a defect waits this long


def wait_for(condition, what, seconds=GUARD):
    """Returns the condition's value once it is true; AssertionError that names `what` when it never is."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what() if callable(what) else what}")
        time.sleep(0.02)
