"""Base45 (RFC 9285): bytes as the 45 characters that QR codes store compactly and keyboard scanners type safely."""

import base45

from yanmen.base.refusals import Malformed


def encode(data: bytes) -> str:
    """Three characters for two bytes."""
    text: str = base45.b45encode(data).decode("ascii")
    return text


def decode(text: str, *, longest: int) -> bytes:
    """The bytes of a text of at most `longest` characters."""
    if len(text) > longest:
        raise Malformed(
            f"二维码内容过长（{len(text)} 个字符，最多 {longest} 个）。",
            f"The code is too long: {len(text)} characters, at most {longest} are allowed.",
        )
    try:
        data: bytes = base45.b45decode(text.encode("ascii"))
    except (ValueError, IndexError) as fault:
        raise Malformed(
            "二维码内容不是有效的 Base45 编码，请重新扫描。", "The code is no valid Base45 text. Scan it again."
        ) from fault
    return data
