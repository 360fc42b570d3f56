# Entry points of the core for CPython's test package.
import _testcapi as c
import _testinternalcapi as i


def t(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


print([getattr(c, n) for n in "CHAR_MAX INT_MIN INT_MAX ULONG_MAX SIZE_MAX PY_SSIZE_T_MAX FLT_MAX DBL_MIN".split()])
seq = bytearray(b"abc")
print(c.sequence_getitem(seq, -1), t(c.sequence_getitem, seq, -4), t(c.sequence_getitem, seq, 3))
print(t(c.sequence_setitem, seq, 0, 65), t(c.sequence_setitem, seq, 3, 65), t(c.sequence_delitem, seq, -1), seq)
for obj, own in ((c, c), (m := c.MethInstance(), m), (c.MethClass, c.MethClass), (c.MethClass(), c.MethClass),
                 (c.MethStatic(), None)):
    print(obj.meth_noargs() is own, obj.meth_o(1)[0] is own, obj.meth_varargs(1, 2)[1],
          obj.meth_fastcall_keywords(1, x=2)[1:], t(obj.meth_o, 1, 2), t(obj.meth_noargs, k=1))


def f(*a, **k):
    return a, k


print(c.pyobject_fastcall(f, (1, 2)), c.pyobject_fastcalldict(f, None, {"x": 1}),
      c.pyobject_vectorcall(f, (1, 2), ("z",)), c.pyvectorcall_call(f, (), {"y": 2}))
print(c.dict_getitem_knownhash({"a": 1}, "a", hash("a")), t(c.dict_getitem_knownhash, {}, "a", hash("a")))
print(t(c.raise_exception, ValueError, 2), t(c.raise_memoryerror))
E1 = c.make_exception_with_doc("_testcapi.E1", doc="text", base=(KeyError, OSError), dict={"x": 1})
print(E1.__mro__[:3], E1.__doc__, E1.x, E1.__module__)
print(i.get_config()["code_debug_ranges"], i.get_config()["int_max_str_digits"], c.W_STOPCODE(5))
