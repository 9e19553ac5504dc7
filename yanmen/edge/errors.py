"""What a client is told when it is not served: status, both languages, which field, which value, when to come again."""

from __future__ import annotations

import msgspec

from yanmen.base.refusals import Refusal
from yanmen.edge.http.messages import Request

SHOWN = 80
"""Of a value so many characters are repeated to the client."""

JSON = ("content-type", "application/json")
KEEP = ("cache-control", "no-store")


class Told(msgspec.Struct):
    """The body of every answer that is not 200."""

    zh: str
    en: str
    field: str = ""
    value: str = ""


class Fault(Exception):
    """An answer other than 200. With `hold` it waits a moment before it leaves (see `shedding`)."""

    hold = False

    def __init__(
        self,
        status: int,
        zh: str,
        en: str,
        *,
        field: str = "",
        value: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(en)
        self.status = status
        self.zh = zh
        self.en = en
        self.headers = (JSON, KEEP, *headers)
        self.body = msgspec.json.encode(Told(zh, en, field, value[:SHOWN]))

    def send(self, request: Request) -> None:
        """Answer with it."""
        request.respond(self.status, self.headers, self.body)


def refused(refusal: Refusal, status: int = 422) -> Fault:
    """The refusal as an answer."""
    return Fault(status, refusal.zh, refusal.en, field=refusal.field, value=refusal.value)


def malformed(fault: Exception) -> Fault:
    """The body is no JSON (400), or not what is asked for here (422)."""
    said = str(fault)
    if isinstance(fault, msgspec.ValidationError):
        said, _, where = said.partition(" - at `$")
        field = where.rstrip("`").lstrip(".")
        return Fault(
            422, f"请求内容不符合要求：{said}", f"The request is not what is asked for here: {said}", field=field
        )
    return Fault(400, f"请求内容无法解析：{said}", f"The body cannot be read: {said}", field="body")


def too_large(most: int) -> Fault:
    """The body is larger than anybody needs."""
    return Fault(
        413,
        f"请求内容过大，上限为 {most} 字节。请分批发送。",
        f"The body is larger than {most} bytes. Send less at a time.",
        field="body",
    )


def too_slow() -> Fault:
    """The body did not arrive in time."""
    return Fault(
        400,
        "请求内容未能及时送达，请重新发送。",
        "The body did not arrive in time. Send it again.",
        field="body",
    )


def not_signed_in(zh: str, en: str) -> Fault:
    """No session, a wrong one, or a wrong signature."""
    return Fault(401, zh, en, field="authorization", headers=(("www-authenticate", "Yanmen"),))


def not_here(zh: str, en: str) -> Fault:
    """A session that may not do this."""
    return Fault(403, zh, en, field="session")


def not_found(path: str) -> Fault:
    """There is no such door."""
    return Fault(404, "没有这个地址。", "There is nothing at this address.", field="path", value=path)


def wrong_method(allowed: str) -> Fault:
    """The door is used in another way."""
    return Fault(405, f"请使用 {allowed}。", f"Use {allowed}.", field="method", headers=(("allow", allowed),))


def wrong_type(wanted: str) -> Fault:
    """A body of a kind that is not read here."""
    return Fault(415, f"请以 {wanted} 发送。", f"Send it as {wanted}.", field="content-type")


def too_many(seconds: int = 1) -> Fault:
    """One device or one network asks more often than anybody needs."""
    return Fault(
        429,
        "请求过于频繁，请稍后再试。",
        "Too many requests. Try again later.",
        headers=(("retry-after", str(seconds)),),
    )


def unavailable(zh: str, en: str, seconds: int) -> Fault:
    """Not now: nothing was kept, or nobody knows whether it was. The client keeps the record and sends it again."""
    return Fault(503, zh, en, headers=(("retry-after", str(seconds)),))


def overloaded() -> Fault:
    """More comes in than can be kept."""
    fault = unavailable("系统繁忙，请稍后再试。", "Too much to do at the moment. Try again.", 2)
    fault.hold = True
    return fault


def no_database() -> Fault:
    """The database does not answer."""
    return unavailable(
        "暂时无法保存，请保留记录，稍后重发。", "It cannot be kept at the moment. Keep the record and send it again.", 5
    )


def no_image() -> Fault:
    """Nothing is known yet."""
    return unavailable("数据尚未就绪，请稍后再试。", "Nothing is known yet. Try again.", 5)


def knows_too_little() -> Fault:
    """What is known is too old to sign a health code with."""
    zh, en = (
        "数据已过期，暂不能签发健康码，请稍后再试。",
        "What is known here is too old to sign a code with. Try again later.",
    )
    return unavailable(zh, en, 60)
