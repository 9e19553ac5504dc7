"""QR codes for the command line: drawn with segno; read from pictures where zxing-cpp and Pillow are installed."""

import io
from collections.abc import Callable
from pathlib import Path

import segno

LARGEST_PICTURE = 20 * 1024 * 1024
ReadPicture = Callable[[bytes], str | None]


def draw(text: str, *, file: Path | None = None) -> None:
    """Draw on the terminal, or into a PNG or SVG file by its name."""
    code = segno.make(text, error="m", micro=False)
    if file is None:
        code.terminal(compact=True)
    else:
        code.save(str(file), scale=6, border=4)


def picture_reader() -> ReadPicture | None:
    """What reads the one code of a picture; None if the packages for it are not installed."""
    try:
        import zxingcpp
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        return None

    def read(picture: bytes) -> str | None:
        try:
            with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
                found = zxingcpp.read_barcode(image.convert("L"))
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError):
            return None
        return found.text if found else None

    return read
