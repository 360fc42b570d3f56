"""Connections between processes: messages over pipes and sockets.

Krait's own module: the library's copy is patched for browsers.  Only Unix is
covered (no Windows named pipes).

On the wire a message is its length in four bytes, signed and big-endian, then
its bytes; the length -1 announces an unsigned one of eight bytes.  A pair that
shares a key proves it to each other before anything else is sent (see
deliver_challenge).  Both are the same as in CPython, so that processes of either
can talk to each other.
"""

import io
import os
import selectors
import socket
import struct
import tempfile
import time

from . import AuthenticationError, BufferTooShort, util
from .context import reduction

__all__ = ["Client", "Listener", "Pipe", "wait"]

_ForkingPickler = reduction.ForkingPickler

BUFSIZE = 8192
# Seconds that a local connection may take to come about.
CONNECTION_TIMEOUT = 20.0

default_family = "AF_UNIX" if hasattr(socket, "AF_UNIX") else "AF_INET"
families = ["AF_INET"]
if hasattr(socket, "AF_UNIX"):
    families.append("AF_UNIX")


def _init_timeout(timeout=CONNECTION_TIMEOUT):
    return time.monotonic() + timeout


def _check_timeout(t):
    return time.monotonic() > t


def arbitrary_address(family):
    """Return a free address of the family."""
    if family == "AF_INET":
        return ("localhost", 0)
    if family == "AF_UNIX":
        return tempfile.mktemp(prefix="listener-", dir=util.get_temp_dir())
    raise ValueError("unrecognized family")


def _validate_family(family):
    """Raise ValueError for a family that only other systems have."""
    if family == "AF_PIPE":
        raise ValueError(f"Family {family} is not recognized.")


def address_type(address):
    """Return the family that an address belongs to."""
    if type(address) is tuple:
        return "AF_INET"
    if type(address) is str and address.startswith("\\\\"):
        return "AF_PIPE"
    if type(address) is str or util.is_abstract_socket_namespace(address):
        return "AF_UNIX"
    raise ValueError(f"address type of {address!r} unrecognized")


def _check_authkey(authkey):
    if authkey is not None and not isinstance(authkey, bytes):
        raise TypeError("authkey should be a byte string")


class _ConnectionBase:
    """The part of a connection that does not depend on how bytes travel.

    A subclass has _close(), _send_bytes(buffer), _poll(timeout), and
    _recv_bytes(limit), which returns a BytesIO positioned at its end, or None for a
    message over the limit.
    """

    _handle = None

    def __init__(self, handle, readable=True, writable=True):
        handle = handle.__index__()
        if handle < 0:
            raise ValueError("invalid handle")
        if not (readable or writable):
            raise ValueError("at least one of `readable` and `writable` must be True")
        self._handle = handle
        self._readable = readable
        self._writable = writable

    def __del__(self):
        if self._handle is not None:
            self._close()

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, exc_tb):
        self.close()

    def _check_closed(self):
        if self._handle is None:
            raise OSError("handle is closed")

    def _check_readable(self):
        if not self._readable:
            raise OSError("connection is write-only")

    def _check_writable(self):
        if not self._writable:
            raise OSError("connection is read-only")

    def _bad_message_length(self):
        """Give up reading: the rest of the message would be taken for the next one."""
        if self._writable:
            self._readable = False
        else:
            self.close()
        raise OSError("bad message length")

    @property
    def closed(self):
        """True if the connection is closed"""
        return self._handle is None

    @property
    def readable(self):
        """True if the connection is readable"""
        return self._readable

    @property
    def writable(self):
        """True if the connection is writable"""
        return self._writable

    def fileno(self):
        """File descriptor or handle of the connection"""
        self._check_closed()
        return self._handle

    def close(self):
        """Close the connection"""
        if self._handle is not None:
            try:
                self._close()
            finally:
                self._handle = None

    def send(self, obj):
        """Send a (picklable) object"""
        self._check_closed()
        self._check_writable()
        self._send_bytes(_ForkingPickler.dumps(obj))

    def recv(self):
        """Receive a (picklable) object"""
        self._check_closed()
        self._check_readable()
        return _ForkingPickler.loads(self._recv_bytes().getbuffer())

    def send_bytes(self, buf, offset=0, size=None):
        """Send the bytes data from a bytes-like object"""
        self._check_closed()
        self._check_writable()
        view = memoryview(buf)
        if view.itemsize > 1:
            view = view.cast("B")
        length = view.nbytes
        if offset < 0:
            raise ValueError("offset is negative")
        if offset > length:
            raise ValueError("buffer length < offset")
        if size is None:
            size = length - offset
        elif size < 0:
            raise ValueError("size is negative")
        elif offset + size > length:
            raise ValueError("buffer length < offset + size")
        self._send_bytes(view[offset:offset + size])

    def recv_bytes(self, maxlength=None):
        """Receive bytes data as a bytes object"""
        self._check_closed()
        self._check_readable()
        if maxlength is not None and maxlength < 0:
            raise ValueError("negative maxlength")
        message = self._recv_bytes(maxlength)
        if message is None:
            self._bad_message_length()
        return message.getvalue()

    def recv_bytes_into(self, buf, offset=0):
        """Receive bytes data into a writeable bytes-like object and return their number"""
        self._check_closed()
        self._check_readable()
        with memoryview(buf) as view:
            room = view.itemsize * len(view)
            if offset < 0:
                raise ValueError("negative offset")
            if offset > room:
                raise ValueError("offset too large")
            message = self._recv_bytes()
            size = message.tell()
            if offset + size > room:
                raise BufferTooShort(message.getvalue())
            message.seek(0)
            message.readinto(view[offset // view.itemsize:(offset + size) // view.itemsize])
            return size

    def poll(self, timeout=0.0):
        """Whether there is any input available to be read"""
        self._check_closed()
        self._check_readable()
        return self._poll(timeout)


class Connection(_ConnectionBase):
    """A connection over a file descriptor."""

    # Up to here the length goes out in one write with the bytes: two small
    # writes would wait for each other on a TCP socket (Nagle's algorithm).
    _JOINED = 16384
    _SHORT = 0x7FFFFFFF

    # Bound when the class is made: __del__ may run when os is already gone.
    def _close(self, _close=os.close):
        _close(self._handle)

    def _send(self, buf, write=os.write):
        view = memoryview(buf)
        while view.nbytes:
            view = view[write(self._handle, view):]

    def _recv(self, size, read=os.read):
        """A BytesIO with exactly size bytes, positioned at its end."""
        buf = io.BytesIO()
        while (missing := size - buf.tell()) > 0:
            chunk = read(self._handle, missing)
            if not chunk:
                if missing == size:
                    raise EOFError
                raise OSError("got end of file during message")
            buf.write(chunk)
        return buf

    def _send_bytes(self, buf):
        size = len(buf)
        if size > self._SHORT:
            self._send(struct.pack("!iQ", -1, size))
            self._send(buf)
        elif size > self._JOINED:
            self._send(struct.pack("!i", size))
            self._send(buf)
        else:
            self._send(struct.pack("!i", size) + buf)

    def _recv_bytes(self, maxsize=None):
        size, = struct.unpack("!i", self._recv(4).getvalue())
        if size == -1:
            size, = struct.unpack("!Q", self._recv(8).getvalue())
        if maxsize is not None and size > maxsize:
            return None
        return self._recv(size)

    def _poll(self, timeout):
        return bool(wait([self], timeout))


class Listener:
    """A bound socket that waits for connections.

    Without an address, a free one of the family is taken; without a family, the
    address tells it.  With authkey, who connects has to know the key too.
    """

    def __init__(self, address=None, family=None, backlog=1, authkey=None):
        family = family or (address and address_type(address)) or default_family
        address = address or arbitrary_address(family)
        _validate_family(family)
        self._listener = SocketListener(address, family, backlog)
        _check_authkey(authkey)
        self._authkey = authkey

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, exc_tb):
        self.close()

    def accept(self):
        """Wait for a connection and return it."""
        if self._listener is None:
            raise OSError("listener is closed")
        connection = self._listener.accept()
        if self._authkey is not None:
            deliver_challenge(connection, self._authkey)
            answer_challenge(connection, self._authkey)
        return connection

    def close(self):
        """Close the socket."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    @property
    def address(self):
        """The address bound."""
        return self._listener._address

    @property
    def last_accepted(self):
        """The address of who connected last, or None."""
        return self._listener._last_accepted


def Client(address, family=None, authkey=None):
    """Return a connection to a Listener."""
    family = family or address_type(address)
    _validate_family(family)
    connection = SocketClient(address)
    _check_authkey(authkey)
    if authkey is not None:
        answer_challenge(connection, authkey)
        deliver_challenge(connection, authkey)
    return connection


def Pipe(duplex=True):
    """Return the two ends of a pipe; the first only reads and the second only writes, unless duplex."""
    if not duplex:
        reader, writer = os.pipe()
        return Connection(reader, writable=False), Connection(writer, readable=False)
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(True)
    return tuple(Connection(end.detach()) for end in ends)


class SocketListener:
    """A socket bound to an address and listening."""

    def __init__(self, address, family, backlog=1):
        self._socket = socket.socket(getattr(socket, family))
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.setblocking(True)
            self._socket.bind(address)
            self._socket.listen(backlog)
            self._address = self._socket.getsockname()
        except OSError:
            self._socket.close()
            raise
        self._family = family
        self._last_accepted = None
        self._unlink = None
        # An address in Linux's abstract name space has no file.
        if family == "AF_UNIX" and not util.is_abstract_socket_namespace(address):
            self._unlink = util.Finalize(self, os.unlink, args=(address,), exitpriority=0)

    def accept(self):
        accepted, self._last_accepted = self._socket.accept()
        accepted.setblocking(True)
        return Connection(accepted.detach())

    def close(self):
        try:
            self._socket.close()
        finally:
            unlink, self._unlink = self._unlink, None
            if unlink is not None:
                unlink()


def SocketClient(address):
    """Return a connection to the socket at an address."""
    with socket.socket(getattr(socket, address_type(address))) as s:
        s.setblocking(True)
        s.connect(address)
        return Connection(s.detach())


# Each side proves that it has the key without sending it.  The one asking sends
# #CHALLENGE#{digest}NONCE; the other answers {digest}MAC, where MAC is the HMAC of all that
# follows #CHALLENGE#, by the digest named; the first says #WELCOME# or #FAILURE#.  Processes
# before 3.12 send a bare nonce of 20 bytes and a bare HMAC-MD5 of 16: messages of these two
# lengths are read in that way, and no message of today's form is as short.
MESSAGE_LENGTH = 40

_CHALLENGE = b"#CHALLENGE#"
_WELCOME = b"#WELCOME#"
_FAILURE = b"#FAILURE#"
_LARGEST_MESSAGE = 256

_ALLOWED_DIGESTS = frozenset({b"md5", b"sha256", b"sha384", b"sha3_256", b"sha3_384"})
_MAX_DIGEST_LEN = max(map(len, _ALLOWED_DIGESTS))
_MD5ONLY_MESSAGE_LENGTH = 20
_MD5_DIGEST_LEN = 16


def _get_digest_name_and_payload(message):
    """Split {digest}payload; the digest's name is empty for a message of the old form."""
    if len(message) in (_MD5ONLY_MESSAGE_LENGTH, _MD5_DIGEST_LEN):
        return "", message
    if message.startswith(b"{"):
        end = message.find(b"}", 1, _MAX_DIGEST_LEN + 2)
        if end > 0 and message[1:end] in _ALLOWED_DIGESTS:
            return message[1:end].decode("ascii"), message[end + 1:]
    raise AuthenticationError("unsupported message length, missing digest prefix, "
                              f"or unsupported digest: {message=}")


def _create_response(authkey, message):
    """The answer to a challenge."""
    import hmac
    name, _ = _get_digest_name_and_payload(message)
    if not name:
        try:
            return hmac.new(authkey, message, "md5").digest()
        except ValueError:
            # This build has no MD5; perhaps the other side is more modern than its message.
            name = "sha256"
    return b"{%s}%s" % (name.encode("ascii"), hmac.new(authkey, message, name).digest())


def _verify_challenge(authkey, message, response):
    """Raise AuthenticationError unless response answers the challenge."""
    import hmac
    response_digest, mac = _get_digest_name_and_payload(response)
    response_digest = response_digest or "md5"
    try:
        expected = hmac.new(authkey, message, response_digest).digest()
    except ValueError:
        raise AuthenticationError(f"{response_digest=} unsupported")
    if len(mac) != len(expected):
        raise AuthenticationError(f"expected {response_digest!r} of length {len(expected)} got {len(mac)}")
    if not hmac.compare_digest(expected, mac):
        raise AuthenticationError("digest received was wrong")


def _check_key_type(authkey):
    if not isinstance(authkey, bytes):
        raise ValueError(f"Authkey must be bytes, not {type(authkey)!s}")


def deliver_challenge(connection, authkey, digest_name="sha256"):
    """Make the other side prove that it has the key; AuthenticationError if it does not."""
    _check_key_type(authkey)
    message = b"{%s}%s" % (digest_name.encode("ascii"), os.urandom(MESSAGE_LENGTH))
    connection.send_bytes(_CHALLENGE + message)
    response = connection.recv_bytes(_LARGEST_MESSAGE)
    try:
        _verify_challenge(authkey, message, response)
    except AuthenticationError:
        connection.send_bytes(_FAILURE)
        raise
    connection.send_bytes(_WELCOME)


def answer_challenge(connection, authkey):
    """Prove to the other side that this one has the key; AuthenticationError if it is refused."""
    _check_key_type(authkey)
    message = connection.recv_bytes(_LARGEST_MESSAGE)
    if not message.startswith(_CHALLENGE):
        raise AuthenticationError(f"Protocol error, expected challenge: {message=}")
    message = message[len(_CHALLENGE):]
    if len(message) < _MD5ONLY_MESSAGE_LENGTH:
        raise AuthenticationError(f"challenge too short: {len(message)} bytes")
    connection.send_bytes(_create_response(authkey, message))
    if connection.recv_bytes(_LARGEST_MESSAGE) != _WELCOME:
        raise AuthenticationError("digest sent was rejected")


class ConnectionWrapper:
    """A connection whose objects travel in another form than pickles."""

    def __init__(self, conn, dumps, loads):
        self._conn = conn
        self._dumps = dumps
        self._loads = loads
        for name in ("fileno", "close", "poll", "recv_bytes", "send_bytes"):
            setattr(self, name, getattr(conn, name))

    def send(self, obj):
        self._conn.send_bytes(self._dumps(obj))

    def recv(self):
        return self._loads(self._conn.recv_bytes())


def _xml_dumps(obj):
    from xmlrpc.client import dumps
    return dumps((obj,), None, None, None, True).encode("utf-8")


def _xml_loads(text):
    from xmlrpc.client import loads
    (obj,), _ = loads(text.decode("utf-8"))
    return obj


class XmlListener(Listener):
    """A Listener whose connections carry objects in the form of XML-RPC."""

    def accept(self):
        return ConnectionWrapper(super().accept(), _xml_dumps, _xml_loads)


def XmlClient(*args, **kwds):
    """Return a connection to an XmlListener."""
    return ConnectionWrapper(Client(*args, **kwds), _xml_dumps, _xml_loads)


# Neither needs a descriptor of its own, as epoll and kqueue do.
_WaitSelector = getattr(selectors, "PollSelector", selectors.SelectSelector)


def wait(object_list, timeout=None):
    """Wait until some of the objects can be read; return those, or [] after timeout seconds."""
    with _WaitSelector() as selector:
        for obj in object_list:
            selector.register(obj, selectors.EVENT_READ)
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            ready = selector.select(timeout)
            if ready:
                return [key.fileobj for key, _ in ready]
            if deadline is not None:
                timeout = deadline - time.monotonic()
                if timeout < 0:
                    return []


def reduce_connection(conn):
    """How a connection is pickled for another process: with a duplicate of its descriptor."""
    return rebuild_connection, (reduction.DupFd(conn.fileno()), conn.readable, conn.writable)


def rebuild_connection(df, readable, writable):
    return Connection(df.detach(), readable, writable)


reduction.register(Connection, reduce_connection)
