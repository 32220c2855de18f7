"""The seal of a segment file: its first 512 bytes, which let every byte of it be checked.

A segment is an HDF5 file behind a user block of 512 bytes, which HDF5 readers step over. The block
holds lines of text: format and version, SHA-256 of the bytes after the block, size of the file. So
nothing damaged ever reaches the HDF5 library.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from selectivity.errors import StoreError

FORMAT = 1
BLOCK = 512
REMEDY = (
    "move this segment and the later ones of its replica away and run again: the run continues "
    "after the segment before"
)
_HEADER = re.compile(rb"selectivity segment (\d+)\nsha256 ([0-9a-f]{64})\nbytes (\d+)\n")


def seal(image: bytes) -> bytes:
    """A segment file: the block and, after it, ``image``, an HDF5 file made for it."""
    return _block(hashlib.sha256(image).hexdigest(), BLOCK + len(image)) + image


def check_seal(path: Path) -> None:
    """Check every byte of a segment file against its block.

    Raises
    ------
    StoreError
        The file is missing, truncated, damaged or of another format; names no file.
    """
    try:
        with open(path, "rb") as file:
            block = file.read(BLOCK)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except FileNotFoundError:
        raise StoreError("is missing") from None
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror}") from None
    if len(block) < BLOCK:
        raise StoreError(f"is truncated: {size} bytes; {REMEDY}")
    match = _HEADER.match(block)
    if match is None:
        raise StoreError(f"is not a segment, or its first bytes are damaged; {REMEDY}")
    if int(match[1]) != FORMAT:
        version = match[1].decode()
        raise StoreError(f"has segment format {version}, this version reads format {FORMAT}")
    if size != int(match[3]):
        state = "is truncated" if size < int(match[3]) else "has bytes too many"
        raise StoreError(f"{state}: {size} bytes, not {match[3].decode()}; {REMEDY}")
    if block != _block(digest, size):
        raise StoreError(f"is damaged: its checksum differs; {REMEDY}")


def _block(digest: str, size: int) -> bytes:
    text = (
        f"selectivity segment {FORMAT}\nsha256 {digest}\nbytes {size}\n"
        f"HDF5 begins at byte {BLOCK}; the digest is of the bytes from there on.\n"
    )
    return text.encode().ljust(BLOCK, b"\0")
