"""Pictures by a browser without a window (needs Chromium); it can reach this machine and nothing else."""
# ruff: noqa: INP001 - used by programs beside it, not part of a package

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PICTURES = Path(__file__).parent / "pictures"
MOST_BYTES = 250_000  # a README of many pictures should still open at once
# On a busy machine a page may be caught half drawn: two pictures in a row must be alike, in share of bytes.
TRIES, ALIKE = 6, 0.02

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    # The twin shows a mail in a sandboxed frame; in a process of its own it might be drawn too late.
    "--disable-features=IsolateSandboxedIframes",
    # Pages draw themselves after loading: so many milliseconds of the page's own clock are waited.
    *("--virtual-time-budget=8000", "--run-all-compositor-stages-before-draw"),
)
SHEET = """<!doctype html><meta charset="utf-8"><style>
body{{margin:0}} iframe{{display:block;border:0}}
</style><body>{}<script>
onload = () => {{
  for (const frame of document.querySelectorAll("iframe"))
    frame.dataset.height = frame.contentDocument.body.offsetHeight;
}}
</script>"""
BELOW = 120  # a window of so few pixels more is drawn to the end of what is looked at
DARK = "--blink-settings=preferredColorScheme=0"


@dataclass(frozen=True)
class Camera:
    """A browser without a window.

    Args:
        folder: keeps its profile and the pages to be shown.
        into: where pictures go.
        most: bytes of a picture.
    """

    browser: str
    folder: Path
    into: Path = PICTURES
    most: int = MOST_BYTES

    def page(self, name: str, url: str, size: tuple[int, int], *flags: str) -> None:
        """One picture of a page; `size` in CSS pixels."""
        picture, window = self.into / f"{name}.png", f"--window-size={size[0]},{size[1]}"
        taken: list[int] = []
        while len(taken) < 2 or abs(taken[-1] - taken[-2]) > taken[-1] * ALIKE:
            if len(taken) == TRIES:
                raise SystemExit(f"{name}: no two pictures of {TRIES} were alike")
            self._browse(f"--screenshot={picture}", window, *flags, url)
            taken.append(picture.stat().st_size)
        self._looked_at(picture)

    def stills(self, pages: Mapping[str, str], width: int, *flags: str) -> None:
        """A picture of each HTML text, by name, as high as it turns out; each is drawn at once."""
        for name, text in pages.items():
            (self.folder / f"{name}.html").write_text(text, encoding="utf-8")
        sheet = self.folder / "sheet.html"
        sheet.write_text(SHEET.format("".join(_frame(name, width, 10) for name in pages)), encoding="utf-8")
        laid_out = self._browse("--dump-dom", "--allow-file-access-from-files", *flags, sheet.as_uri())
        heights = map(int, re.findall(r'data-height="(\d+)"', laid_out))
        for name, height in zip(pages, heights, strict=True):
            sheet.write_text(SHEET.format(_frame(name, width, height)), encoding="utf-8")
            picture = self.into / f"{name}.png"
            window = f"--window-size={max(width, 500)},{height + BELOW}"
            self._browse(f"--screenshot={picture}", window, *flags, sheet.as_uri())
            picture.write_bytes(cropped(picture.read_bytes(), width, height))
            self._looked_at(picture)

    def _looked_at(self, picture: Path) -> None:
        size = picture.stat().st_size
        if size > self.most:
            raise SystemExit(f"{picture.name}: {size:,} bytes, more than {self.most:,}")
        say(f"  {picture.name}: {size // 1000} kB")

    def document(self, name: str, text: str, *flags: str) -> None:
        """One picture of an HTML text, as large as it turns out; its script says how large, in data-size."""
        file = self.folder / f"{name}.html"
        file.write_text(text, encoding="utf-8")
        laid_out = self._browse("--dump-dom", "--window-size=1600,1200", *flags, file.as_uri())
        size = re.search(r'data-size="(\d+)x(\d+)"', laid_out)
        if not size:
            raise SystemExit(f"{name}: the browser did not lay the page out")
        self.page(name, file.as_uri(), (int(size[1]), int(size[2])), *flags)

    def _browse(self, *flags: str) -> str:
        with tempfile.TemporaryDirectory(dir=self.folder) as profile:
            command = [self.browser, *FLAGS, f"--user-data-dir={profile}", *flags]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603
        return done.stdout


def _frame(name: str, width: int, height: int) -> str:
    return f'<iframe src="{name}.html" style="width:{width}px;height:{height}px"></iframe>'


def cropped(png: bytes, width: int, height: int) -> bytes:
    """The left upper part of a picture of 8 bits a channel, without interlacing, as browsers write them."""
    (wide,) = struct.unpack(">I", png[16:20])
    channels = {2: 3, 6: 4}[png[25]]
    rows = zlib.decompress(b"".join(body for kind, body in _chunks(png) if kind == b"IDAT"))
    stride = wide * channels + 1
    # Each row is told by what stands to its left and above, so what is cut off right or below is not missed.
    kept = (rows[at : at + width * channels + 1] for at in range(0, height * stride, stride))
    header = struct.pack(">II", width, height) + png[24:29]
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(kept), 9)), (b"IEND", b""))
    return png[:8] + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12


def the_browser() -> str:
    """The browser's program. Raises SystemExit where there is none."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise SystemExit("The pictures need Chromium. Next: apt install chromium, then make shots")
    return browser


def say(words: str) -> None:
    """Tell who waits."""
    print(words, flush=True)  # noqa: T201
