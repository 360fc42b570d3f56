"""The format of gnu's library, which Krait has no module for."""

raise ImportError("dbm.gnu needs a library in C; dbm.dumb is always there", name="dbm.gnu")
