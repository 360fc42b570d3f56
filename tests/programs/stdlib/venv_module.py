"""Virtual environments: what is made, and that programs run in them."""
import os
import subprocess
import sys
import tempfile
import types
import venv

with tempfile.TemporaryDirectory() as folder:
    env = os.path.join(folder, "env")
    p = subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--prompt", "me", env],
                       capture_output=True, text=True)
    print(p.returncode, p.stdout, p.stderr)
    print(sorted(os.listdir(env)), sorted(n for n in os.listdir(env + "/bin") if n[0] != "A"))
    with open(env + "/pyvenv.cfg") as f:
        lines = dict(line.rstrip("\n").split(" = ", 1) for line in f)
    print(sorted(lines), lines["include-system-site-packages"], lines["prompt"])
    print(lines["home"] == os.path.dirname(sys._base_executable))
    python = env + "/bin/python3"
    code = "import sys; print(sys.prefix == sys.argv[1], sys.base_prefix == sys.argv[2], sys.executable == sys.argv[3], " \
           "[p for p in sys.path if 'site-packages' in p] == [sys.argv[1] + '/lib/python3.12/site-packages'])"
    print(subprocess.run([python, "-c", code, env, sys.base_prefix, python], capture_output=True, text=True).stdout)
    with open(env + "/lib/python3.12/site-packages/only_here.py", "w") as f:
        f.write("x = 'found'\n")
    print(subprocess.run([python, "-c", "import only_here; print(only_here.x)"], capture_output=True, text=True).stdout)
    line = f'. "{env}/bin/activate"; python -c "import sys; print(sys.prefix == \'{env}\')"; echo "$VIRTUAL_ENV_PROMPT"; deactivate; echo "[$VIRTUAL_ENV]"'
    print(subprocess.run(["bash", "-c", line], capture_output=True, text=True).stdout)

    class Builder(venv.EnvBuilder):
        def post_setup(self, context):
            print("post", context.env_name, repr(context.prompt), context.bin_name, isinstance(context, types.SimpleNamespace))

    again = os.path.join(folder, "again")
    os.mkdir(again)
    with open(again + "/old", "w"):
        pass
    Builder(clear=True, symlinks=True).create(again)
    print("old" in os.listdir(again))
    try:
        venv.create(folder + "/a:b")
    except ValueError as e:
        print(str(e).replace(folder, "DIR"))
    try:
        venv.main(["--upgrade", "--clear", folder])
    except ValueError as e:
        print(e)
