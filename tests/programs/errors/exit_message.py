"""sys.exit with something that is no number: it goes to standard error, the status is 1."""
import sys

print("before")
sys.exit(["a", "message"])
