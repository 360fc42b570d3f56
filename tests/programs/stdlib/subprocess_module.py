"""subprocess, os.fork, pipes, environment, exit codes and signals of children."""
import os
import signal
import subprocess
import sys
run = subprocess.run
print(run(["echo", "hi"], capture_output=True, text=True), run(["sh", "-c", "exit 3"]).returncode, run(["cat"], input=b"fed", capture_output=True).stdout, run("echo $X | tr a-z A-Z", shell=True, env={**os.environ, "X": "up"}, stdout=subprocess.PIPE).stdout, subprocess.check_output(["printf", "%s", "out"]))
for f in (lambda: run(["false"], check=True), lambda: run(["/nonexistent/program"]), lambda: run(["sleep", "10"], timeout=0.05), lambda: run(["sh", "-c", "kill -9 $$"], check=True), lambda: subprocess.check_call(["sh", "-c", "exit 2"]), lambda: run(["cat"], input="text"), lambda: run([]), lambda: run(["pwd"], cwd="/nonexistent"), lambda: run(["echo"], stdout=subprocess.PIPE, capture_output=True)):
    try:
        print(f())
    except (subprocess.SubprocessError, OSError, TypeError, ValueError, IndexError) as e:
        print(type(e).__name__, str(e).partition(" after ")[0])
proc = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(proc.communicate("line1\nline2\n"), proc.returncode, proc.poll(), proc.wait(), proc.args)
with subprocess.Popen(["sh", "-c", "read x; echo got $x; echo err >&2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1) as proc:
    proc.stdin.write("value\n")
    proc.stdin.close()
    print([line.rstrip() for line in proc.stdout])
print(proc.returncode)
proc = subprocess.Popen(["sleep", "60"])
proc.terminate()
print(proc.wait(), proc.returncode == -signal.SIGTERM)
first = subprocess.Popen(["printf", "b\\na\\n"], stdout=subprocess.PIPE)
second = subprocess.Popen(["sort"], stdin=first.stdout, stdout=subprocess.PIPE)
first.stdout.close()
print(second.communicate()[0], first.wait())
me = [sys.executable, "-c"]
print(run([*me, "print(1 + 1)"], capture_output=True, text=True).stdout, run([*me, "import sys; sys.exit(7)"]).returncode, run([*me, "import sys; print(sys.argv[1:], sys.stdin.read())", "a", "b c"], input="in", capture_output=True, text=True).stdout, run([*me, "raise SystemExit('bye')"], capture_output=True, text=True).stderr, run([*me, "1/0"], capture_output=True, text=True).stderr.splitlines()[-1], run([sys.executable, "-"], input="print('from stdin')", capture_output=True, text=True).stdout)
sys.stdout.flush()
pid = os.fork()
if pid == 0:
    os._exit(42)
_, status = os.waitpid(pid, 0)
print(os.WIFEXITED(status), os.WEXITSTATUS(status), os.waitstatus_to_exitcode(status))
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(r)
    os.write(w, f"child {sum(range(1000))}".encode())
    os._exit(0)
os.close(w)
print(os.read(r, 100), os.waitpid(pid, 0)[1])
os.close(r)
print(os.system("exit 5") >> 8, os.popen("echo popen").read(), subprocess.getoutput("echo get"), subprocess.getstatusoutput("exit 4"), subprocess.list2cmdline(["a b", "c"]), subprocess.DEVNULL, subprocess.CompletedProcess(["x"], 0))
