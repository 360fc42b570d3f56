"""global, nonlocal, and where names are found."""
x = "module"


def reader():
    return x


def writer():
    global x
    x = "written"


def shadow():
    x = "local"
    return x, reader()


print(shadow())
writer()
print(x, reader())


def unbound_local():
    try:
        print(x)
    except UnboundLocalError as e:
        print(e)
    x = 1
    return x


print(unbound_local())


def new_global():
    global created
    created = [1]
    del created
    try:
        created
    except NameError as e:
        print(e)
    created = "again"


new_global()
print(created)


class Scope:
    x = "class"
    y = [x for _ in range(2)]
    z = x + "!"

    def method(self):
        return x


print(Scope.y, Scope.z, Scope().method())


def nested():
    total = 0

    def outer():
        def inner():
            nonlocal total
            total += 1
            return total
        return inner
    f = outer()
    f()
    f()
    return total


print(nested())

for source in ["def f():\n nonlocal q\n", "nonlocal q", "def f():\n x = 1\n global x\n",
               "def f(a):\n global a\n", "def f():\n print(y)\n nonlocal y\n",
               "def f():\n global a\n nonlocal a\n"]:
    try:
        compile(source, "<test>", "exec")
    except SyntaxError as e:
        print(e.msg, e.lineno)

exec("v = 1\ndef g():\n global w\n w = v + 1\ng()", env := {})
print(env["v"], env["w"])
print(sorted(k for k in locals() if k in ("x", "created", "env")))


def classbody_nonlocal():
    n = 0

    class C:
        nonlocal n
        n = 5
    return n, hasattr(C, "n")


print(classbody_nonlocal())
