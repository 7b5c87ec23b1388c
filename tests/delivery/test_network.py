"""Silence and breakage at any moment: known to have sent nothing, or not to be known; each on a real socket."""

import datetime as dt
import socket
import ssl
import struct
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pakdee.delivery import Sender
from pakdee.delivery.connection import MOST_RECEIVED, tls
from pakdee.domain.errors import DeliveryUnknown, NotReached

TAKEN = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: abc\r\nContent-Length: 0\r\n\r\n"


def sender(url, timeout=5.0):
    return Sender(api_key="SG.test-key", url=url, timeout=timeout)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def trickle(connection, answer):
    """A byte now and then: two seconds for the whole, and never half a second without one."""
    for byte in answer:
        time.sleep(2 / len(answer))
        try:
            connection.sendall(bytes([byte]))
        except OSError:  # the other side has had enough
            return


@pytest.fixture
def claimed(kit):
    [batch] = kit.pressed(kit.mail(1))
    return kit.claim(batch.body)


@pytest.fixture
def large(kit):
    """Larger than any socket's buffers."""
    [batch] = kit.pressed(kit.mail(1), html="h" * 20_000_000)
    return kit.claim(batch.body)


@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine that nobody has signed, as a server shows it."""
    key, day = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(day - dt.timedelta(days=1))
        .not_valid_after(day + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "both.pem").write_bytes(private + made.public_bytes(pem))
    return tmp_path / "both.pem"


@pytest.fixture
def trusted(certificate, monkeypatch):
    """The same, and we trust it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls.cache_clear()
    yield certificate
    tls.cache_clear()


def encrypted(certificate, answer):
    """The answerer behind TLS; a handshake that fails is the other side's to tell."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answered(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                answer(secure)
        except OSError:
            return

    return answered


def secure(url):
    return url.replace("http://127.0.0.1", "https://localhost")


# ── nothing was sent ──────────────────────────────────────────────────────────────────────────────────
def test_a_closed_port_is_not_reached(claimed):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(NotReached, match="cannot be reached"):
        sender(url).send(claimed)


@pytest.mark.parametrize("name", ["nowhere.invalid", "a" * 64 + ".example"])
def test_a_name_that_leads_nowhere_is_not_reached(claimed, name):
    with pytest.raises(NotReached):
        sender(f"http://{name}").send(claimed)


def test_a_service_that_speaks_no_tls_is_not_reached(kit, claimed):
    """The handshake fails before any byte of the request."""
    seen = []

    def answer(connection):
        seen.append(connection.recv(100))
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with kit.service(answer) as url, pytest.raises(NotReached):
        sender(secure(url)).send(claimed)

    assert all(b"POST" not in hello for hello in seen)


def test_a_certificate_nobody_vouches_for_is_not_reached(kit, claimed, certificate):
    seen = []

    def answer(connection):
        seen.append(connection.recv(100))

    with kit.service(encrypted(certificate, answer)) as url, pytest.raises(NotReached, match="certificate"):
        sender(secure(url)).send(claimed)

    assert not any(seen)


def test_a_handshake_that_never_comes_is_not_reached(kit, claimed):
    done = threading.Event()
    with kit.service(lambda _: done.wait(5)) as url:
        with pytest.raises(NotReached):
            sender(secure(url), timeout=0.3).send(claimed)
        done.set()


# ── something may have been sent ──────────────────────────────────────────────────────────────────────
def test_over_tls_a_request_is_sent_and_answered(kit, claimed, trusted):
    """What the other tests here go without does work."""
    seen = []

    def answer(connection):
        seen.append(kit.read_request(connection))
        connection.sendall(TAKEN)

    with kit.service(encrypted(trusted, answer)) as url:
        assert sender(secure(url)).send(claimed).provider_id == "abc"

    assert seen[0].endswith(claimed.body[-100:])


def test_silence_is_unknown(kit, claimed):
    done = threading.Event()

    def answer(connection):
        kit.read_request(connection)
        done.wait(5)

    with kit.service(answer) as url:
        with pytest.raises(DeliveryUnknown, match="no answer"):
            sender(url, timeout=0.3).send(claimed)
        done.set()


@pytest.mark.parametrize("part", ["headers", "body"])
@pytest.mark.parametrize("is_secure", [False, True])
def test_an_answer_that_trickles_does_not_outlast_the_deadline(kit, claimed, trusted, part, is_secure):
    """Each wait is short, all together they are too long; patience would end in a 202."""
    at_once, slowly = (b"", TAKEN) if part == "headers" else (TAKEN.replace(b": 0", b": 40"), b" " * 40)

    def answer(connection):
        kit.read_request(connection)
        connection.sendall(at_once)
        trickle(connection, slowly)

    with kit.service(encrypted(trusted, answer) if is_secure else answer) as url:
        with pytest.raises(DeliveryUnknown, match="timed out"):
            sender(secure(url) if is_secure else url, timeout=0.8).send(claimed)
        # The same answer in time: it was the time alone.
        assert sender(secure(url) if is_secure else url, timeout=60).send(claimed).provider_id == "abc"


@pytest.mark.parametrize("is_secure", [False, True])
def test_a_service_that_does_not_read_does_not_outlast_the_deadline(kit, large, trusted, is_secure):
    done = threading.Event()

    def answer(_):
        done.wait(5)

    with kit.service(encrypted(trusted, answer) if is_secure else answer) as url:
        with pytest.raises(DeliveryUnknown):
            sender(secure(url) if is_secure else url, timeout=0.5).send(large)
        done.set()


def test_a_reset_after_the_request_is_unknown(kit, claimed):
    def answer(connection):
        kit.read_request(connection)
        reset(connection)

    with kit.service(answer) as url, pytest.raises(DeliveryUnknown):
        sender(url).send(claimed)


def test_a_reset_before_anything_was_read_is_unknown(kit, claimed):
    """The request lies in the other side's buffers: it may be read from there yet."""

    def answer(connection):
        connection.recv(1, socket.MSG_PEEK)
        reset(connection)

    with kit.service(answer) as url, pytest.raises(DeliveryUnknown):
        sender(url).send(claimed)


def test_a_reset_while_the_request_is_being_sent_is_unknown(kit, large):
    """It did not all arrive, but who knows."""

    def answer(connection):
        connection.recv(1000)
        reset(connection)

    with kit.service(answer) as url, pytest.raises(DeliveryUnknown):
        sender(url).send(large)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 202 Acc",
        b"HTTP/1.1 2020 Accepted\r\n\r\n",
        b"HTTP/1.1 202 Accepted\r\nContent-Length: 50\r\n\r\ncut",
        b"HTTP/1.1 202 Accepted\r\nX-Message-Id: abc\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 202 Accepted\r\n" + b"X-More: 1\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 202 Accepted\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: gopher://\xff\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 50\r\n\r\ncut",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_half_an_answer_or_none_that_makes_sense_is_unknown(kit, claimed, answer):
    def reply(connection):
        kit.read_request(connection)
        connection.sendall(answer)

    with kit.service(reply) as url, pytest.raises(DeliveryUnknown):
        sender(url).send(claimed)


def test_an_answer_without_end_is_unknown_and_not_kept(kit, claimed):
    """More than any answer of SendGrid's is not read."""

    def reply(connection):
        kit.read_request(connection)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nX-Message-Id: abc\r\n\r\n")
        try:
            for _ in range(MOST_RECEIVED // 2**20 + 8):
                connection.sendall(b" " * 2**20)
        except OSError:
            return

    with kit.service(reply) as url, pytest.raises(DeliveryUnknown, match="does not end"):
        sender(url).send(claimed)


# ── too late ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("is_secure", [False, True])
@pytest.mark.parametrize("begun", [0, 1])
def test_a_sender_whose_time_is_over_sends_no_whole_request(kit, claimed, trusted, is_secure, begun):
    """Asked right before bytes leave: also when the machine slept after the head of the request."""
    read, asked = [], iter([False] * begun + [True])
    answer = lambda connection: read.append(kit.read_request(connection))  # noqa: E731
    with (
        kit.service(encrypted(trusted, answer) if is_secure else answer) as url,
        pytest.raises(NotReached, match="nothing was sent"),
    ):
        sender(secure(url) if is_secure else url).send(claimed, is_late=lambda: next(asked))
    assert not any(b"personalizations" in request for request in read)
