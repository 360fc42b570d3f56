"""What pyperformance's typing_runtime_protocols computes."""
# skip: gc-stress
from _program import load
bm = load("typing_runtime_protocols")
protocols = [bm.HasX, bm.HasManyAttributes, bm.SupportsInt, bm.SupportsManyMethods, bm.SupportsIntAndX]
for name in "Empty PropertyX HasIntMethod HasManyMethods PropertyXWithInt ClassVarX ClassVarXWithInt InstanceVarX ManyInstanceVars InstanceVarXWithInt NominalX NominalSupportsInt NominalXWithInt".split():
    print(name, [isinstance(getattr(bm, name)(), p) for p in protocols])
print(bm.bench_protocols(2) > 0)
