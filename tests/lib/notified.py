#!/usr/bin/env python3
"""A service manager's end of sd_notify(3): prints each message as it comes.

    notified.py SOCKET

A line is the milliseconds since the message before, then its assignments,
separated by ` | `.
"""
import os
import signal
import socket
import sys
import time

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.bind(sys.argv[1])
print("ready", flush=True)
before = time.monotonic()
while True:
    message = end.recv(65536).decode(errors="backslashreplace")
    now = time.monotonic()
    print(int((now - before) * 1000), " | ".join(message.splitlines()),
          flush=True)
    before = now
