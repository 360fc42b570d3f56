"""Parent and child go on with loops of their own after a fork: code made by one is not seen by the other."""
import os


def add(n):
    total = 0
    for i in range(n):
        total += i & 3
    return total


def multiply(n):
    total = 1
    for i in range(1, n):
        total = total * 3 % 1000003 + i
    return total


def floats(n):
    x = 0.0
    for i in range(n):
        x += i * 0.5
    return x


print(add(3000))
read, write = os.pipe()
pid = os.fork()
if pid == 0:
    results = [multiply(3000), multiply(2999), add(2999), floats(2000), floats(2001)]
    os.write(write, repr(results).encode())
    os._exit(0)
results = [floats(3000), floats(2999), add(2998), multiply(2000), multiply(2001)]
_, status = os.waitpid(pid, 0)
print(results, status, os.read(read, 1000).decode())
print(floats(3001), multiply(3001))
