"""A webhook receiver for Flagpost, with nothing but Python's standard library.

SECRET=… python3 receiver.py
"""

import base64
import hmac
import json
import os
import sys
import threading
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(os.environ.get("PORT", "9000"))
SECRET = os.environ.get("SECRET", "").encode()
MAX_BODY = 4 * 1024 * 1024
MAX_IDS = 10_000
TOLERANCE_SECONDS = 5 * 60


def sign(algorithm, message):
    return base64.b64encode(hmac.digest(SECRET, message, algorithm))


def same(given, expected):
    """`==` stops at the first difference, and the time it takes tells how much of a guess was right."""
    return hmac.compare_digest(given.encode(), expected)


def is_signed(headers, body):
    if not same(headers.get("X-FeatureProbe-Sign", ""), sign("sha1", body)):
        return False
    return "webhook-signature" not in headers or is_standard_signed(headers, body)


def is_standard_signed(headers, body):
    """Standard Webhooks: covers the time too, so that a request caught on its way is of no use later."""
    event_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    try:
        age = abs(time.time() - int(timestamp))
    except ValueError:
        return False
    if age > TOLERANCE_SECONDS:
        return False
    expected = b"v1," + sign("sha256", f"{event_id}.{timestamp}.".encode() + body)
    # While a secret is being rotated there are two signatures, a blank between them.
    return any(same(signature, expected) for signature in headers["webhook-signature"].split(" "))


class Seen:
    """The last ids, oldest first; the server answers each connection in a thread of its own."""

    def __init__(self):
        self.ids = OrderedDict()
        self.lock = threading.Lock()

    def is_repeat(self, event_id):
        with self.lock:
            if event_id in self.ids:
                return True
            self.ids[event_id] = None
            if len(self.ids) > MAX_IDS:
                self.ids.popitem(last=False)
            return False


def work(body):
    event = json.loads(body)
    names = ("projectKey", "environmentKey", "toggleKey", "segmentKey")
    keys = [f"{name}={event[name]}" for name in names if name in event]
    line = " ".join([f"{event['resource']}.{event['action']}", event["operator"], *keys])
    sys.stdout.write(line + "\n")  # print() would write line and line end apart, and threads could mix them


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds a connection may stay silent
    seen = Seen()

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            return self.answer(411, "length required", close=True)
        if int(length) > MAX_BODY:
            return self.answer(413, "body too large", close=True)
        # The bytes as they came: parsing JSON and writing it again would change them, and so the signature.
        body = self.rfile.read(int(length))
        # Only a request proven genuine may enter its id, else a forger could make us drop real events.
        if not is_signed(self.headers, body):
            return self.answer(401, "bad signature")
        event_id = self.headers.get("webhook-id")
        repeat = event_id is not None and self.seen.is_repeat(event_id)
        self.answer(200, "ok")
        if not repeat:
            work(body)

    def answer(self, status, text, close=False):
        body = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if close:  # the body is still in the pipe and must not be taken for the next request
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass  # the events are the log


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 makes a sixth sender wait a second for its connection


if __name__ == "__main__":
    if not SECRET:
        sys.exit("SECRET must be the secret key of the webhook")
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    server = Server(("127.0.0.1", PORT), Receiver)
    print(f"listening on http://127.0.0.1:{PORT}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
