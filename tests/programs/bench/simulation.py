"""Objects and polymorphism: a discrete event simulation of a bank with several kinds of clerks."""
import heapq


class Random:
    def __init__(self, seed):
        self.state = seed

    def next(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self.state >> 33) % bound


class Customer:
    __slots__ = ("number", "arrived", "patience", "work")

    def __init__(self, number, arrived, patience, work):
        self.number, self.arrived, self.patience, self.work = number, arrived, patience, work


class Clerk:
    kind = "plain"

    def __init__(self, name):
        self.name, self.busy_until, self.served = name, 0, 0

    def duration(self, customer):
        return customer.work

    def serve(self, customer, now):
        self.busy_until = now + self.duration(customer)
        self.served += 1
        return self.busy_until


class FastClerk(Clerk):
    kind = "fast"

    def duration(self, customer):
        return max(1, customer.work // 2)


class TiredClerk(Clerk):
    kind = "tired"

    def duration(self, customer):
        return super().duration(customer) + self.served // 5


class Bank:
    def __init__(self, clerks, seed):
        self.clerks, self.random = clerks, Random(seed)
        self.queue, self.events, self.counter = [], [], 0
        self.waits, self.lost = [], 0

    def schedule(self, time, action, *args):
        self.counter += 1
        heapq.heappush(self.events, (time, self.counter, action, args))

    def arrive(self, now, number):
        c = Customer(number, now, 20 + self.random.next(60), 3 + self.random.next(12))
        self.queue.append(c)
        self.schedule(now + 1 + self.random.next(5), self.arrive, number + 1)
        self.dispatch(now)

    def free(self, now, clerk):
        self.dispatch(now)

    def dispatch(self, now):
        for clerk in self.clerks:
            if clerk.busy_until > now:
                continue
            while self.queue:
                c = self.queue.pop(0)
                if now - c.arrived > c.patience:
                    self.lost += 1
                    continue
                self.waits.append(now - c.arrived)
                self.schedule(clerk.serve(c, now), self.free, clerk)
                break

    def run(self, until):
        self.schedule(0, self.arrive, 1)
        while self.events:
            time, _, action, args = heapq.heappop(self.events)
            if time > until:
                break
            action(time, *args)
        return len(self.waits)


for seed in (1, 42, 2024):
    bank = Bank([Clerk("a"), FastClerk("b"), TiredClerk("c")], seed)
    print(seed, bank.run(4000), bank.lost, max(bank.waits), sum(bank.waits), [(c.kind, c.served) for c in bank.clerks])
