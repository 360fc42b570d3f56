"""What pyperformance's barnes_hut computes."""
# skip: gc-stress
from _program import digest, load
bm = load("barnes_hut")
particles = bm.create_deterministic_galaxy(100, 500, 400)
print(repr(bm.calculate_system_energy(particles)))
for _ in range(15):
    bm.advance_system(particles, bm.DEFAULT_THETA, bm.TIME_STEP, 1000, 800)
print(repr(bm.calculate_system_energy(particles)), digest([(p.position.x, p.position.y, p.velocity.x, p.velocity.y) for p in particles]))
