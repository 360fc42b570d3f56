"""Floats in attributes and lists: planets around a star, symplectic steps, energy must be kept."""
import math


class Body:
    def __init__(self, name, mass, pos, vel):
        self.name, self.mass = name, mass
        self.x, self.y, self.z = pos
        self.vx, self.vy, self.vz = vel

    def kinetic(self):
        return 0.5 * self.mass * (self.vx ** 2 + self.vy ** 2 + self.vz ** 2)


def accelerate(bodies, dt):
    for i, a in enumerate(bodies):
        for b in bodies[i + 1:]:
            dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            d2 = dx * dx + dy * dy + dz * dz
            f = dt / (d2 * math.sqrt(d2))
            a.vx -= dx * b.mass * f
            a.vy -= dy * b.mass * f
            a.vz -= dz * b.mass * f
            b.vx += dx * a.mass * f
            b.vy += dy * a.mass * f
            b.vz += dz * a.mass * f


def step(bodies, dt):
    accelerate(bodies, dt / 2)
    for b in bodies:
        b.x += dt * b.vx
        b.y += dt * b.vy
        b.z += dt * b.vz
    accelerate(bodies, dt / 2)


def energy(bodies):
    e = sum(b.kinetic() for b in bodies)
    for i, a in enumerate(bodies):
        for b in bodies[:i]:
            e -= a.mass * b.mass / math.dist((a.x, a.y, a.z), (b.x, b.y, b.z))
    return e


bodies = [Body("star", 1000.0, (0, 0, 0), (0, 0, 0))]
for n in range(1, 6):
    speed = math.sqrt(1000.0 / (n * 2))
    bodies.append(Body(f"p{n}", 0.01 * n, (n * 2.0, 0.1 * n, 0), (0, speed, 0.05 * n)))
start = energy(bodies)
for i in range(1500):
    step(bodies, 0.0005)
    if i % 500 == 499:
        print(i, f"{energy(bodies):.9f}", f"{bodies[3].x:.9f}")
print(abs(energy(bodies) - start) < 1e-3 * abs(start))
