"""Lines of Postfix and Dovecot to draw: of the right shapes, with strangers' words in them."""

from __future__ import annotations

from hypothesis import strategies as st

QUEUE_IDS = ("0CA9B2CE696", "8B1E02CE6CE", "3Pt2mN2VXxznjll", "ABCDE", "AB12", "Z" * 21)
PEOPLE = (
    "anna@libero.it", "bruno.neri@virgilio.it", "", "a" * 70 + "@x.example",
    '"a b"@x.example', '"x>, relay=none, delay=1, delays=1/1/1/1, dsn=2.0.0, status=sent (y)"@x',
    "x,y@z", "x<y", "x>y", 'x"y', "caffè@x.example", "a\x01b@x", "a\tb@x", "to=<b@x", "a b@x",
)  # fmt: skip
MESSAGE_IDS = (
    "<1@partner.test>", "", "no brackets", "<x>: saved mail to INBOX",
    "<x>: save failed to INBOX: nothing", "<" + "m" * 250 + "@x>", "a: b", "<q>, status=sent (no)",
)  # fmt: skip
HOSTS = ("mx1", "mx-2.example.net", "h" * 40, "")
REASONS = (
    "250 2.0.0 <anna@libero.it> S0s/+x:T2 Saved", "connect to 127.0.0.1[127.0.0.1]:24: refused",
    "host x said: 452 4.2.2 <a> Quota exceeded (in reply to end of DATA command)", "",
    "said: 450 no, try later, please", "a, status=b", ", status=sent (z",
    "x), status=sent (y", "dsn=9.9.9, status=bounced (z)", "r" * 300,
)  # fmt: skip
DELAYS = ("0.09", "8.8", "40", "0", "1.", ".5", "1.2.3", "12/3", "123456.789", "0.123456789")
DSNS = ("2.0.0", "4.4.1", "5.7.26", "5.10.1", "2.0", "2..0", "20.0.0", "2.0.0.0", "2.0/0")
RELAYS = ("none", "127.0.0.1[127.0.0.1]:21024", "mx.example[2001:db8::1]:25", "a b", "", "r" * 140)
CLIENTS = (
    "unknown[127.0.0.9]", "mail.example.com[2001:db8::7]", "localhost[127.0.0.1]", "[1.2.3.4]",
    "unknown[unknown]", "x[1.2.3.4], sasl_method=PLAIN, sasl_username=anna", "x[y]", "x[1.2.3.4]z",
    "a[b[1.2.3.4]", "a,b[1.2.3.4]", "x[]",
)  # fmt: skip
FOLDERS = ("INBOX", "'Junk'", "'INBOX'", "Sent Items", "''", "", "'x", "a:b", "f" * 30)
SESSIONS = ("gOpyBMA/Amv+fgAAg+zDdQ", "qDtrC/M/AmvjAgAAg+zDdQ:T8", "a<b", "a b", "")
REMOTES = ("127.0.0.1", "2001:db8::7", "", "here")
WHY = (
    "auth failed, 1 attempts in 2 secs", "auth service reported temporary failure",
    "auth process communication failure",
    "auth failed, temporary failure", "disconnected while authenticating, waited 31 secs",
    "no auth attempts in 0 secs", "auth failed, (x)", "tried to use disallowed plaintext auth",
    "auth service reported temporary failure, x", "auth failed, " + "9" * 70, "auth failed, ",
)  # fmt: skip


def _often(some: tuple[str, ...]) -> st.SearchStrategy[str]:
    """One of some, and the first most often: a line is to be right in all its parts at times."""
    return st.sampled_from(some[:1] * (4 * len(some)) + some)


def _of(*parts: str | tuple[str, ...]) -> st.SearchStrategy[str]:
    drawn = [st.just(one) if isinstance(one, str) else _often(one) for one in parts]
    return st.tuples(*drawn).map("".join)


ATTEMPT = _of(
    ("lmtp", "smtp", "error", "local", "discard", "pipe", "virtual", "retry", "lmtpd"), "[",
    ("7", "12345", "1234567", "x", "", "1]: ["), "]: ",
    QUEUE_IDS, ": to=<", PEOPLE, ">, ", ("", "orig_to=<info@libero.it>, ", "orig_to=<a b>, "),
    "relay=", RELAYS, ", ", ("", "", "conn_use=2, ", "conn_use=x, "), "delay=", DELAYS,
    ", delays=", ("0/0.01/0.03/0.04", "1", "", "x"), ", dsn=", DSNS, ", status=",
    ("sent", "deferred", "bounced", "expired", "deliverable", "sent "), " (", REASONS,
    (")", ")", "", ") "),
)  # fmt: skip
POSTFIX = st.one_of(
    ATTEMPT,
    _of("qmgr[1]: ", QUEUE_IDS, ": ", ("removed", "removed ", "remove")),
    _of("qmgr[1]: ", QUEUE_IDS, ": from=<", PEOPLE, ">, size=", ("1", "1140", "x", "9" * 17),
        ", nrcpt=", ("1", "", "12"), (" (queue active)", " (queue active", "")),
    _of("qmgr[1]: ", QUEUE_IDS, ": from=<", PEOPLE, ">, status=", ("expired", "force-expired", "x"),
        ", returned to sender", ("", ".")),
    _of("cleanup[1]: ", QUEUE_IDS, ": ", ("", "resent-"), "message-id=", MESSAGE_IDS),
    _of(("smtpd", "submission/smtpd", "smtps/smtpd", "submission/smtpx"), "[1]: ", QUEUE_IDS,
        ": client=", CLIENTS),
    _of("smtpd[1]: ", ("connect from ", "disconnect from ", "lost connection after ", "odd ",
        "connect to ", "disconnected "), CLIENTS),
    _of("smtpd[1]: NOQUEUE: reject: ", ("RCPT", "END-OF-MESSAGE", "rcpt"), " from ", CLIENTS, ": ",
        ("550 ", "55 ", "5500 "), ("5.1.1 ", "", "5.1 ", "5.1.1"), ("<x>: no", "", "; from=<y>"),
        "; from=<", PEOPLE, "> to=<", PEOPLE, "> proto=", ("ESMTP", "", "a_1", "a b"),
        (" helo=<", "", " helo="), PEOPLE, (">", "", " ")),
    _of(("bounce", "anvil", "pickup", "postsuper", "nobody", "master", "tlsmgr", "verify"), "[1]: ",
        ("warning: x", "fatal: x", "statistics: y", "0CA9B2CE696: removed",
         "0CA9B2CE696: placed on hold", "0CA9B2CE696: uid=0 from=<root>", "Deleted: 1 message")),
    _of("postsuper[1]: ", QUEUE_IDS, ": ",
        ("removed", "placed on hold", "released from hold", "requeued", "odd")),
    _of("pickup[1]: ", QUEUE_IDS, ": uid=", ("0", "", "x"), " from=<", PEOPLE, ">",
        ("", " orig_id=0CA9B2CE696", " ")),
    _of("lmtp[1]: ", ("", "0CA9B2CE696: "), ("connect to ", "host ", "enabling PIX ", "odd "),
        CLIENTS, ":24: Connection refused", ("", " status=sent (x)")),
).map("postfix/".__add__)  # fmt: skip
DOVECOT = st.one_of(
    _of(("lmtp(", "lda("), PEOPLE, ")", ("<12>", "", "<>", "<x>"), "<", SESSIONS, ">: ",
        ("", "", "sieve: "),
        "msgid=", MESSAGE_IDS, ": ",
        ("saved mail to ", "save failed to ", "stored mail into mailbox ", "forwarded to "),
        FOLDERS, ("", ": Quota exceeded (mailbox for user is full)", ": a: saved mail to INBOX",
        ": " + "w" * 140, ":")),
    _of("lmtp(anna)<1><", SESSIONS, ">: Error: ", ("auth-master: userdb lookup(a): x", "msgid=y")),
    _of("lmtp(", ("12", "anna", "msgid=", "a)b", "a)(b"), "): ",
        ("Connect from ", "Disconnect from ", "Error: msgid=", "Odd ", "Connect from msgid="),
        CLIENTS),
    _of(("imap", "pop3", "managesieve"), "-login: ", ("Login: ", "Login: Login: "), "user=<",
        PEOPLE, ">, method=", ("PLAIN", "", "A B"), ", rip=", REMOTES, ", lip=", REMOTES,
        (", mpid=1, secured", "", ", rip=9.9.9.9", ", session=<x>"), ", session=<", SESSIONS, ">",
        ("", ".")),
    _of(("imap", "submission"), "-login: ", ("Warning: ", "Error: "), CLIENTS),
    _of(("imap", "pop3", "submission", "sieve"), "-login: ",
        ("Disconnected: Connection closed", "Disconnected", "Aborted login",
         "Disconnected: Shutting down", "Disconnected:", "Disconnected: (x)", "Disconnected: 1"),
        " (", WHY, ")", (": user=<", ": user=<", "", ": "), PEOPLE,
        ">, method=PLAIN, rip=", REMOTES, ", lip=127.0.0.1, secured, session=<", SESSIONS, ">"),
    _of(("auth: Error: x", "auth-worker(1): y", "auth-login: Login", "imap(a)<1><b>: gone",
         "master: Dovecot v2.3.19.1 (x) starting up for imap, lmtp",
         "master: Warning: Killed with signal 15 (by pid=1)", "odd: thing")),
).map("dovecot: ".__add__)  # fmt: skip
STAMPS = (
    "2026-11-22T01:05:04.106246+00:00", "2026-11-22T01:05:59.999999+00:00",
    "2026-06-22T01:05:04.000001+02:00", "2026-02-30T01:05:04.106246+00:00",
    "2026-11-22T01:05:60.106246+00:00", "2026-11-22T01:05:04Z", "2026-11-22T01:05:04.1+00:00",
    "2026-11-22T01:05:04,106246+00:00", "2026-11-22t01:05:04.106246+00:00",
    "Nov 22 01:05:46", "Nov  2 01:05:46", "Nov 31 01:05:46", "Foo 22 01:05:46", "",
)  # fmt: skip
LINE = st.tuples(_often(STAMPS), _often(HOSTS), POSTFIX | DOVECOT).map(
    lambda parts: " ".join(parts).encode()
)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A line of which some octets are others, or cut, or anything at all."""
    line = bytearray(draw(LINE))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, max(len(line) - 1, 0)))
        line[place : place + draw(st.integers(0, 2))] = draw(
            st.sampled_from((b"", b" ", b">", b"<", b'"', b",", b": ", b"(", b"\0", b"\xff", b"\r"))
        )
    return bytes(line).replace(b"\n", b"")
