# Threads: locks, conditions, locals, hand-over, timeouts.
import threading, time, sys, queue
# counters under lock
n=0; lock=threading.Lock()
def work():
    global n
    for i in range(2000):
        with lock:
            n+=1
ts=[threading.Thread(target=work) for _ in range(8)]
[t.start() for t in ts]; [t.join() for t in ts]
print(n)
# garbage in many threads
def junk(k):
    d={}
    for i in range(3000):
        d[i%50]=[str(i)]*3+[{'x':(i,k)}]
    return d
res=[]
def w2(k): res.append(len(junk(k)))
ts=[threading.Thread(target=w2,args=(k,)) for k in range(6)]
[t.start() for t in ts]; [t.join() for t in ts]
print(res)
q=queue.Queue(5)
def prod():
    for i in range(200): q.put(i)
    q.put(None)
out=[]
def cons():
    while (x:=q.get()) is not None: out.append(x)
a=threading.Thread(target=prod); b=threading.Thread(target=cons); a.start(); b.start(); a.join(); b.join()
print(sum(out))
ev=threading.Event(); 
t0=time.monotonic(); print(ev.wait(0.1), 0.09<time.monotonic()-t0<0.5)
c=threading.Condition(); flag=[]
def waiter():
    with c:
        while not flag: c.wait()
    flag.append(2)
t=threading.Thread(target=waiter); t.start(); time.sleep(0.05)
with c: flag.append(1); c.notify_all()
t.join(); print(flag)
loc=threading.local()
def tl():
    loc.x=threading.get_ident(); time.sleep(0.01); assert loc.x==threading.get_ident()
ts=[threading.Thread(target=tl) for _ in range(10)]; [t.start() for t in ts]; [t.join() for t in ts]
print(hasattr(loc,'x'), threading.active_count(), threading.current_thread().name)
r=threading.RLock()
with r:
    with r: print(r._is_owned())
try: r.release()
except RuntimeError as e: print(e)
try: lock.release()
except RuntimeError as e: print(e)
for args in ((False,1),(True,-2),(True,1e12)):
    try: lock.acquire(*args)
    except (ValueError,OverflowError) as e: print(type(e).__name__,e)
s=threading.Semaphore(2); print(s.acquire(), s.acquire(), s.acquire(timeout=0.05))
bar=threading.Barrier(3)
def bw(): bar.wait()
ts=[threading.Thread(target=bw) for _ in range(2)]; [t.start() for t in ts]; print(bar.wait() in (0,1,2)); [t.join() for t in ts]
tm=threading.Timer(0.05, lambda: print('timer')); tm.start(); tm.join()
# spin: handover
stop=False
cnt=[0,0]
def spin(i):
    while not stop: cnt[i]+=1
ts=[threading.Thread(target=spin,args=(i,)) for i in range(2)]
[t.start() for t in ts]; time.sleep(0.3); stop=True; [t.join() for t in ts]
print(all(x>100 for x in cnt))
d=threading.Thread(target=time.sleep,args=(100,),daemon=True); d.start()
print('end')
