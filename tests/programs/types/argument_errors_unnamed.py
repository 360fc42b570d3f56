"""Errors about arguments of functions that C parses without a name, and the signatures that native functions show."""
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, localcontext
import _csv

def t(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)

t(lambda: date(1, 2, 3, 4))
t(lambda: datetime(1, 2, 3, 4, 5, 6, 7, None, 1))
t(lambda: time(1, 2, 3, 4, None, 1))
t(lambda: time(foo=1))
t(lambda: date.today().replace(foo=1))
t(lambda: Context(foo=1))
t(lambda: Context(1, 2, 3, 4, 5, 6, 7, 8, 9))
t(lambda: Decimal(foo=1))
t(lambda: Decimal(1, None, 3))
t(lambda: Decimal(2).quantize())
t(lambda: Decimal(2).fma(3))
t(lambda: Decimal(1).sqrt(1, 2))
t(lambda: Decimal(1).sqrt(foo=1))
t(lambda: Decimal(1).compare())
t(lambda: Context().power(1))
t(lambda: Context().add(1))
t(lambda: Context().create_decimal(1, 2))
t(lambda: localcontext(foo=1))
t(lambda: _csv.Dialect(foo=1))
for f in (timedelta.total_seconds, date.replace, Decimal.sqrt, Decimal.quantize, Context.add, Context.power, Decimal.is_zero, len, [].sort, str.join):
    print(f.__name__, f.__text_signature__)
