# dbm and dbm.dumb: formats found, values replaced in and out of place, errors.
import dbm
import dbm.dumb
import os
import shelve
import tempfile


def t(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "data")
    print(t(dbm.open, name), dbm.whichdb(name), t(dbm.dumb.open, name, "x"))
    with dbm.dumb.open(name, "n") as db:
        print(dbm.whichdb(name), len(db), "a" in db)
        db["a"] = b"1" * 3
        db[b"\xff\n"] = "ä" * 300
        db["a"] = b"2" * 500
        db[bytearray(b"c")[:].decode()] = bytearray(b"33")
        print(sorted(db), db["a"][:3], len(db[b"\xff\n"]), db.get("no"), "c" in db)
        db[b"\xff\n"] = b"small"
        db["a"] = b"4" * 600
        del db["c"]
        print(t(db.__getitem__, "c"), t(db.__setitem__, 5, "x"), t(db.__setitem__, "x", 5), db.keys())
    print(t(len, db), t(db.close))
    with open(name + ".dir", encoding="latin-1") as f:
        print(f.read())
    print(os.path.getsize(name + ".dat"), sorted(os.listdir(folder)))
    with dbm.dumb.open(name, "r") as db:
        print([(k, v[:5]) for k, v in db.items()], t(db.__setitem__, "x", "y"), t(db.__delitem__, "a"))
    with dbm.dumb.open(name, "n") as db:
        print(len(db), db.setdefault("k", b"v"), db.pop("k"), db.pop("k", None))
    with open(name + ".other", "wb") as f:
        f.write(b"no database at all")
    print(repr(dbm.whichdb(name + ".other")), t(dbm.open, name + ".other"), issubclass(dbm.error[0], dbm.error))
    with shelve.Shelf(dbm.dumb.open(name, "c")) as shelf:
        shelf["x"] = [1, {"y": 2}]
    with shelve.Shelf(dbm.dumb.open(name, "r")) as shelf:
        print(dict(shelf))
