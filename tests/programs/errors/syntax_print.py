"""Python 2's print in the script itself."""
x = 1
print "value", x
