"""Planets around a star: objects, attributes and floating-point numbers in a hot loop.

    INTERPRETER orbits.py [STEPS]

Prints the energy before and after, which a right computation keeps, and the time.
"""
import math
import sys
from time import perf_counter


class Body:
    def __init__(self, mass, position, velocity):
        self.mass = mass
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = velocity


def make_system(planets):
    """A star and some planets on nearly circular orbits."""
    bodies = [Body(1000.0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))]
    for n in range(1, planets + 1):
        radius = 2.0 * n
        bodies.append(Body(0.01 * n, (radius, 0.0, 0.02 * n), (0.0, math.sqrt(1000.0 / radius), 0.0)))
    return bodies


def kick(bodies, dt):
    """Let the bodies pull at each other for a time."""
    for i, a in enumerate(bodies):
        for j in range(i + 1, len(bodies)):
            b = bodies[j]
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            square = dx * dx + dy * dy + dz * dz
            pull = dt / (square * math.sqrt(square))
            a.vx -= dx * b.mass * pull
            a.vy -= dy * b.mass * pull
            a.vz -= dz * b.mass * pull
            b.vx += dx * a.mass * pull
            b.vy += dy * a.mass * pull
            b.vz += dz * a.mass * pull


def drift(bodies, dt):
    """Let the bodies move on for a time."""
    for b in bodies:
        b.x += dt * b.vx
        b.y += dt * b.vy
        b.z += dt * b.vz


def energy(bodies):
    """Kinetic and potential energy of the system."""
    total = 0.0
    for i, a in enumerate(bodies):
        total += 0.5 * a.mass * (a.vx ** 2 + a.vy ** 2 + a.vz ** 2)
        for b in bodies[:i]:
            total -= a.mass * b.mass / math.dist((a.x, a.y, a.z), (b.x, b.y, b.z))
    return total


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    dt = 0.0002
    bodies = make_system(6)
    before = energy(bodies)
    start = perf_counter()
    for _ in range(steps):
        kick(bodies, dt / 2)
        drift(bodies, dt)
        kick(bodies, dt / 2)
    seconds = perf_counter() - start
    after = energy(bodies)
    print(f"energy before {before:.9f}, after {after:.9f}, relative change {abs(after / before - 1):.1e}")
    print(f"planet 3 at ({bodies[3].x:.6f}, {bodies[3].y:.6f}, {bodies[3].z:.6f})")
    print(f"{steps} steps in {seconds:.2f} s, {steps / seconds:,.0f} steps a second, "
          f"on {sys.implementation.name} {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
