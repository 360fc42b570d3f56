"""unittest, doctest, unittest.mock: results of a small suite."""
import doctest
import io
import unittest
from unittest import mock


def add(a, b):
    """Add.

    >>> add(1, 2)
    3
    >>> add("a", 1)
    Traceback (most recent call last):
        ...
    TypeError: can only concatenate str (not "int") to str
    >>> add([1], [2])   # doctest: +NORMALIZE_WHITESPACE
    [1,
     2]
    """
    return a + b


def wrong():
    """
    >>> 1 + 1
    3
    """


class Tests(unittest.TestCase):
    log = []

    @classmethod
    def setUpClass(cls): cls.log.append("class")
    def setUp(self): self.log.append(self.id().split(".")[-1])
    def tearDown(self): self.log.append("down")
    def test_pass(self): self.assertEqual(add(1, 2), 3)
    def test_fail(self): self.assertEqual([1, 2, 3], [1, 5, 3])
    def test_error(self): raise KeyError("k")

    @unittest.skip("not now")
    def test_skip(self): pass

    @unittest.expectedFailure
    def test_expected(self): self.fail("expected")

    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)

    def test_raises(self):
        with self.assertRaisesRegex(ValueError, "inv.*lit") as cm:
            int("x")
        self.assertIn("'x'", str(cm.exception))
        with self.assertWarns(DeprecationWarning):
            import warnings
            warnings.warn("d", DeprecationWarning)
        with self.assertLogs("lg", "INFO") as logs:
            import logging
            logging.getLogger("lg").info("m")
        self.assertEqual(logs.output, ["INFO:lg:m"])

    def test_asserts(self):
        self.assertTrue(1), self.assertIs(None, None), self.assertAlmostEqual(0.1 + 0.2, 0.3), self.assertCountEqual([1, 2], [2, 1]), self.assertRegex("abc", "b"), self.assertIsInstance(1, int), self.assertGreater(2, 1), self.assertDictEqual({}, {})
        self.addCleanup(self.log.append, "cleanup")


suite = unittest.defaultTestLoader.loadTestsFromTestCase(Tests)
stream = io.StringIO()
result = unittest.TextTestRunner(stream=stream, verbosity=2).run(suite)
print(len(result.failures), len(result.errors), len(result.skipped), len(result.expectedFailures), result.wasSuccessful(), Tests.log[:4], "cleanup" in Tests.log)
print("\n".join(l for l in stream.getvalue().splitlines() if "File" not in l and "Ran " not in l and "~" not in l and "^" not in l))
for check in (lambda t: t.assertEqual("multi\nline", "multi\nlime"), lambda t: t.assertEqual({"a": 1}, {"a": 2}), lambda t: t.assertTrue(0, "message"), lambda t: t.assertIn(1, [2]), lambda t: t.assertAlmostEqual(1, 1.1), lambda t: t.assertRaises(ValueError, int, "1"), lambda t: t.assertIsNone(5), lambda t: t.assertEqual((1, 2), (1, 3)), lambda t: t.assertEqual({1}, {2}), lambda t: t.assertLess(2, 1), lambda t: t.assertCountEqual("a", "b"), lambda t: t.assertIsInstance(1, str), lambda t: t.assertSequenceEqual([1], [1, 2])):
    try:
        check(Tests())
    except AssertionError as e:
        print(e)
finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(verbose=False)
out = io.StringIO()
for f in (add, wrong):
    for test in finder.find(f, globs=globals()):
        print(f.__name__, runner.run(test, out=out.write))
print("\n".join(out.getvalue().splitlines()[2:]))
m = mock.Mock(return_value=5, name="mk")
m.method.side_effect = [1, ValueError("side")]
print(m(1, k=2), m.call_args, m.called, m.call_count, m.method(), m.mock_calls, m.attr.sub is m.attr.sub)
try:
    m.method()
except ValueError as e:
    print(e)
for f in (lambda: m.assert_called_once_with(3), lambda: m.assert_not_called(), lambda: mock.Mock(spec=["a"]).b, lambda: mock.create_autospec(add)(1)):
    try:
        f()
    except (AssertionError, AttributeError, TypeError) as e:
        print(type(e).__name__, str(e).splitlines()[0])
with mock.patch("os.getcwd", return_value="patched"), mock.patch.dict("os.environ", {"K": "v"}), mock.patch.object(Tests, "log", ["patched"]):
    import os
    print(os.getcwd(), os.environ["K"], Tests.log)
mm = mock.MagicMock()
mm.__getitem__.return_value = "item"
mm.__len__.return_value = 3
with mm as entered:
    pass
print(os.getcwd() == "patched", mm[0], len(mm), mm.__exit__.called, mock.call(1) == mock.call(1), mock.ANY == 5, mock.sentinel.x, int(mm), list(mm))
