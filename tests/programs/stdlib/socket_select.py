"""socket, select, selectors, socketserver over loopback and pairs."""
import select
import selectors
import socket
import socketserver
import threading
a, b = socket.socketpair()
print(a.send(b"hello"), b.recv(3), b.recv(10), a.sendall(b"x" * 10), b.recv(100, socket.MSG_PEEK), len(b.recv(100)), a.family.name, a.type.name, a.fileno() >= 0, a.getblocking(), a.gettimeout())
a.settimeout(0.01)
try:
    a.recv(1)
except TimeoutError as e:
    print(type(e).__name__, e)
a.setblocking(False)
try:
    a.recv(1)
except BlockingIOError as e:
    print(e.errno)
buf = bytearray(4)
b.send(b"into")
a.setblocking(True)
print(a.recv_into(buf), buf, a.shutdown(socket.SHUT_WR), b.recv(1), a.detach() >= 0, a.fileno())
b.close()
try:
    b.send(b"x")
except OSError as e:
    print(e)
server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]


def serve():
    conn, addr = server.accept()
    with conn, conn.makefile("r", newline="\n") as reader, conn.makefile("w", newline="\n") as writer:
        for line in reader:
            writer.write(line[::-1].strip() + "\n")
            writer.flush()


t = threading.Thread(target=serve)
t.start()
with socket.create_connection(("127.0.0.1", port), timeout=5) as c:
    f = c.makefile("rwb")
    f.write(b"first\nsecond\n")
    f.flush()
    print(f.readline(), f.readline(), c.getpeername()[1] == port, c.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM)
    f.close()
t.join()
server.close()
u1 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u2 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u1.bind(("127.0.0.1", 0))
print(u2.sendto(b"datagram", u1.getsockname()), u1.recvfrom(100)[0], u1.recvfrom_into is not None)
u1.close(), u2.close()
r, w = socket.socketpair()
print(select.select([r], [w], [], 0)[0], w.send(b"!"), select.select([r], [], [], 1)[0] == [r])
p = select.poll()
p.register(r, select.POLLIN)
print([ev & select.POLLIN for _, ev in p.poll(100)])
with select.epoll() as ep:
    ep.register(r, select.EPOLLIN)
    print(len(ep.poll(0.1)), ep.closed)
sel = selectors.DefaultSelector()
sel.register(r, selectors.EVENT_READ, data="payload")
print([(k.data, m) for k, m in sel.select(0.1)], len(sel.get_map()), sel.unregister(r).data)
sel.close()
r.close(), w.close()


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline().upper())


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as srv:
    t = threading.Thread(target=srv.serve_forever, kwargs={"poll_interval": 0.01})
    t.start()
    with socket.create_connection(srv.server_address) as c:
        c.sendall(b"shout\n")
        print(c.recv(100))
    srv.shutdown()
    t.join()
for f in (lambda: socket.socket(-5), lambda: socket.create_connection(("127.0.0.1", 1), timeout=1), lambda: socket.inet_aton("bad"), lambda: socket.getaddrinfo("127.0.0.1", "notaport"), lambda: socket.socket().connect("bad"), lambda: socket.socket().bind(("127.0.0.1", 99999)), lambda: socket.socket().settimeout(-1), lambda: select.select([99999], [], []) if False else select.select(["x"], [], [])):
    try:
        print(f())
    except (OSError, TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
print(socket.inet_aton("1.2.3.4"), socket.inet_ntoa(b"\x7f\0\0\1"), socket.inet_pton(socket.AF_INET6, "::1")[-2:], socket.htons(1), socket.ntohl(1), socket.getservbyname("http") if False else 80, socket.gethostbyname("127.0.0.1"), socket.AF_INET, repr(socket.SOCK_STREAM), socket.has_ipv6, socket.getaddrinfo("127.0.0.1", 80, proto=socket.IPPROTO_TCP)[0][4])
