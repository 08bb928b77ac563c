"""Files over HTTP from this machine, with the faults that real servers have."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """What is served, and what was asked for.

    Parameters
    ----------
    files
        Path -> content.
    statuses
        Path -> the status that is answered in place of the file.
    breaks_after
        Path -> the number of bytes after which the connection breaks, once.
    hangs_after
        Path -> the number of bytes after which nothing more comes.
    pace
        Seconds before each 64 kB.
    knows_ranges
        Whether it sends parts of a file.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    breaks_after: dict[str, int] = field(default_factory=dict)
    hangs_after: dict[str, int] = field(default_factory=dict)
    pace: float = 0.0
    knows_ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, range
    ended: threading.Event = field(default_factory=threading.Event)

    def at(self, name: str) -> str:
        """The address of a file."""
        return f"{self.address}/{name}"

    def md5(self, name: str) -> str:
        """Its checksum."""
        return hashlib.md5(self.files[name]).hexdigest()


@contextmanager
def served() -> Iterator[FileServer]:
    """A server while the test goes on."""
    files = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Be silent."""

        def do_GET(self) -> None:
            name, wanted = self.path.strip("/"), self.headers.get("Range", "")
            files.asked.append((name, wanted))
            status = files.statuses.get(name, 200 if name in files.files else 404)
            if status != 200:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            content = files.files[name]
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and files.knows_ranges else 0
            if start >= len(content) > 0 and wanted:
                self.send_response(416)
                self.end_headers()
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            end = files.breaks_after.pop(name, len(content))
            hang = files.hangs_after.get(name, len(content))
            while start < min(end, hang):
                time.sleep(files.pace)
                stop = min(start + 65536, end, hang)
                self.wfile.write(content[start:stop])
                start = stop
            if hang < len(content):
                files.ended.wait(60)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] - who asked has gone
    files.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield files
    finally:
        files.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
