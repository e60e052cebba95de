"""A receiver of dbsync's webhooks in Python, 3.9 or later, without dependencies:

    WEBHOOK_SECRETS="$(cat secrets)" PORT=8080 python3 receiver.py

WEBHOOK_SECRETS holds one whsec_... secret, or several with white space between them while one replaces another.
"""

import base64
import decimal
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BYTES = 64 * 1024 * 1024
TOLERANCE_SECONDS = 5 * 60

secrets = [
    base64.b64decode(secret.removeprefix("whsec_"))
    for secret in os.environ.get("WEBHOOK_SECRETS", "").split()
]
if not secrets:
    sys.exit("Set WEBHOOK_SECRETS.")

# Ids that were handled. A real receiver keeps them in its database, in the transaction that does the work.
handled = set()
lock = threading.Lock()


def handle(delivery_id, body):
    """What you came for. Numbers keep all of their digits."""
    delivery = json.loads(body, parse_float=decimal.Decimal)
    contact, transaction = delivery["contact"], delivery["transaction"]
    line = {
        "id": delivery_id,
        "state": delivery["state"],
        "contact": contact["$id"],
        "fired": transaction["fired"],
    }
    print(json.dumps(line), flush=True)


def is_genuine(headers, body):
    """The signature covers id, time and the bytes of the body as they came: check it before they are parsed."""
    delivery_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    content = f"{delivery_id}.{timestamp}.".encode() + body
    expected = [
        "v1," + base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
        for secret in secrets
    ]
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(one, right.encode()) for one in given for right in expected)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept for the next delivery

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        if length > MAX_BYTES:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(length)
        if not is_genuine(self.headers, body):
            return self.answer(401)
        delivery_id = self.headers["webhook-id"]
        with lock:
            if delivery_id not in handled:
                handle(delivery_id, body)
            handled.add(delivery_id)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer((os.environ.get("HOST", ""), int(os.environ.get("PORT", 8080))), Receiver)
    print("listening", server.server_address, file=sys.stderr, flush=True)
    server.serve_forever()
