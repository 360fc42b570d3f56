# The switch for the system's profiler. What it writes is not looked at here.
import sys

print(sys.is_stack_trampoline_active())
print(sys.activate_stack_trampoline('perf'))
print(sys.is_stack_trampoline_active())
print(sys.deactivate_stack_trampoline(), sys.is_stack_trampoline_active())
for bad in ('other', 3):
    try:
        sys.activate_stack_trampoline(bad)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
