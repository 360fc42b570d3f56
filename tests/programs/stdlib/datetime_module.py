"""datetime: arithmetic, formatting, parsing, time zones, comparison, limits."""
import pickle
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo
d = date(2024, 2, 29)
print(d, repr(d), d.isoformat(), d.weekday(), d.isoweekday(), d.isocalendar(), d.toordinal(), d.timetuple()[:8], d.replace(year=2023, day=1), d.ctime(), d.strftime("%Y %j %U %a %A %b %B %d %%"), f"{d:%d/%m/%y}", d + timedelta(days=1), d - date(2023, 2, 28), d - timedelta(365), date.fromordinal(738000), date.fromisoformat("2024-12-31"), date.fromisocalendar(2024, 9, 4), date.min, date.max, date.resolution, hash(d) == hash(date(2024, 2, 29)), d < date(2024, 3, 1), d == datetime(2024, 2, 29))
t = time(12, 34, 56, 789)
print(t, repr(t), t.isoformat("minutes"), t.isoformat("milliseconds"), t.replace(hour=1), time.fromisoformat("04:05:06.5"), time(1) < time(2), t.strftime("%H-%M-%S.%f %p %I"), time.min, time.max, bool(time(0)), time(1, tzinfo=UTC), time(5, fold=1).fold)
dt = datetime(2024, 12, 31, 23, 59, 59, 999999)
print(dt, repr(dt), dt + timedelta(microseconds=1), dt.date(), dt.time(), dt.isoformat(" ", "seconds"), dt.isoformat("T"), dt.replace(month=1), dt.timetuple().tm_yday, dt.strftime("%c|%x|%X|%G-W%V-%u|%y|%f|%s" if False else "%Y-%m-%dT%H:%M:%S.%f"), datetime.fromisoformat("2024-01-02T03:04:05+05:30"), datetime.fromisoformat("20240102T030405Z"), datetime.combine(d, t), dt - datetime(2024, 1, 1), datetime.strptime("3 Mar 2021 4:05 PM", "%d %b %Y %I:%M %p"), datetime.strptime("2021-060 +0130", "%Y-%j %z"), datetime.min, datetime.max)
td = timedelta(days=1, hours=-5, minutes=30, milliseconds=1500, microseconds=7, weeks=1)
print(td, repr(td), td.days, td.seconds, td.microseconds, td.total_seconds(), -td, abs(-td), td * 2, td / 2, td // 7, td / timedelta(hours=1), td // timedelta(hours=1), td % timedelta(hours=1), divmod(td, timedelta(hours=5)), td * 1.5, timedelta(0), bool(timedelta()), timedelta(-1), str(timedelta(seconds=-1)), timedelta(days=1.5), timedelta(seconds=0.1234567), timedelta.max, timedelta.min, timedelta(1) > timedelta(hours=23), sum([timedelta(1), timedelta(2)], timedelta()), hash(timedelta(1)) == hash(timedelta(hours=24)), round(1.5), +td == td)
tz = timezone(timedelta(hours=5, minutes=30), "IST")
a = datetime(2024, 6, 1, 12, tzinfo=tz)
print(a, repr(a), a.astimezone(UTC), a.utcoffset(), a.tzname(), a.dst(), a.timestamp(), datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(1e9 + 0.5, tz), a == a.astimezone(UTC), a - a.astimezone(UTC), a.strftime("%z %Z %:z"), timezone.utc, repr(timezone.utc), timezone(timedelta(hours=-3)), tz, repr(tz), a.utctimetuple()[:5], a.isoformat(), datetime(1970, 1, 1, tzinfo=UTC).timestamp(), hash(a) == hash(a.astimezone(UTC)), timezone(timedelta(seconds=-3661)))


class Zone(tzinfo):
    def utcoffset(self, dt): return timedelta(hours=1) + self.dst(dt)
    def dst(self, dt): return timedelta(hours=1) if dt is not None and 4 <= dt.month <= 9 else timedelta(0)
    def tzname(self, dt): return "SUM" if self.dst(dt) else "WIN"


z = datetime(2024, 7, 1, 12, tzinfo=Zone())
print(z, z.tzname(), z.replace(month=1), z.astimezone(UTC), datetime(2024, 1, 1, tzinfo=UTC).astimezone(Zone()), datetime(2024, 7, 1, tzinfo=UTC).astimezone(Zone()), time(1, tzinfo=Zone()).utcoffset())
for f in (lambda: date(2023, 2, 29), lambda: date(0, 1, 1), lambda: date(2024, 13, 1), lambda: time(24), lambda: datetime(2024, 1, 1, 0, 60), lambda: date.max + timedelta(1), lambda: timedelta(10 ** 10), lambda: d < dt.time(), lambda: dt < a, lambda: dt - a, lambda: date.fromisoformat("2024-1-1"), lambda: datetime.fromisoformat("junk"), lambda: datetime.strptime("x", "%Y"), lambda: datetime.strptime("2024 extra", "%Y"), lambda: date("2024"), lambda: date(2024), lambda: timedelta("1"), lambda: td / 0, lambda: d + 1, lambda: timezone(timedelta(hours=25)), lambda: timezone(5), lambda: datetime(2024, 1, 1, tzinfo=5), lambda: d + d, lambda: time(1) - time(2), lambda: date.fromordinal(0), lambda: datetime.fromtimestamp(1e20), lambda: datetime.strptime("1", "%q"), lambda: dt.replace(day=32), lambda: date.fromisocalendar(2023, 54, 1), lambda: d == dt, lambda: d < dt, lambda: time.fromisoformat("25:00"), lambda: dt.isoformat(timespec="x"), lambda: a.utcoffset(5)):
    try:
        print(f())
    except (ValueError, TypeError, OverflowError, ZeroDivisionError) as e:
        print(type(e).__name__, e)
for v in (d, t, dt, td, a, tz, time(1, tzinfo=UTC)):
    assert pickle.loads(pickle.dumps(v)) == v


class SubDate(date):
    def extra(self): return self.year + 1


s = SubDate(2020, 1, 1)
print(s.extra(), type(s + timedelta(1)).__name__, SubDate.fromordinal(5), type(s.replace(day=2)).__name__, SubDate.today() > s, MAXYEAR, sorted([dt, datetime(2020, 1, 1), datetime(2022, 1, 1)])[0], max(d, date(2025, 1, 1)), {d: 1}[date(2024, 2, 29)])
