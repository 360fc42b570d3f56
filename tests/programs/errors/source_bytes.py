# Sources in bytes with and without declared encodings: given to compile(), and as files that are run.
import os
import subprocess
import sys
import tempfile

cases = {
    "unknown codec": b"# coding: uft-8\n",
    "no utf-8": b"x='\xf6'\n",
    "no cp1252": b"# coding: cp1252\nx='\x81'\n",
    "not ascii": b"# coding: ascii\n# \xff\n",
    "no text encoding": b"# coding: rot13\nkevag(1)\n",
    "mark and latin-1": b"\xef\xbb\xbf# coding: latin-1\n",
    "NUL": b"y=2\nx=1\0z\n",
    "cp1252": b"# coding: cp1252\r\nprint(ascii('\x80'))\r\n",
    "latin9": b"#!x\n# vim: set fileencoding=latin9 :\nprint(ascii('\xa4'))\n",
}
for name, source in cases.items():
    try:
        exec(compile(source, "<s>", "exec"))
    except (SyntaxError, ValueError) as e:
        print(name, "-", type(e).__name__, e.args)
with tempfile.TemporaryDirectory() as folder:
    for name in "no utf-8", "no cp1252", "NUL", "latin9":
        path = os.path.join(folder, "m.py")
        with open(path, "wb") as f:
            f.write(cases[name])
        done = subprocess.run([sys.executable, path], capture_output=True)
        print(name, "-", done.stdout, done.stderr.replace(os.fsencode(folder), b""))
