"""The format of ndbm's library, which Krait has no module for."""

raise ImportError("dbm.ndbm needs a library in C; dbm.dumb is always there", name="dbm.ndbm")
