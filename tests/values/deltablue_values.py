"""What pyperformance's deltablue computes."""
# skip: gc-stress
from _program import digest, load
bm = load("deltablue")
variables = []


real = bm.Variable.__init__


def init(self, *args):
    real(self, *args)
    variables.append(self)


bm.Variable.__init__ = init
bm.delta_blue(40)
state = [(v.name, v.value, v.walk_strength.name, v.stay, v.mark, len(v.constraints)) for v in variables]
print(len(state), state[40], state[-3:], digest(state), bm.planner.current_mark)
