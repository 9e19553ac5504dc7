"""What each reason and note of a verdict says to the officer: code → (中文, English)."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "valid": ("健康码有效。", "The code is valid."),
    "expired": ("健康码已过期，请对方刷新后再出示。", "The code has expired. Ask the holder to refresh it."),
    "not_yet_valid": ("健康码尚未生效，请核对双方时间。", "The code is not valid yet. Compare both clocks."),
    "bad_signature": ("签名无效：此码不是本平台签发的，或已被改动。", "Bad signature: not issued here, or altered."),
    "unknown_key": (
        "签发密钥未知：请更新密钥清单或联网核验。",
        "The issuing key is unknown. Update the list of keys or check online.",
    ),
    "key_revoked": (
        "签发密钥已吊销：请对方联网换领新码。",
        "The issuing key was revoked. Ask the holder to fetch a new code.",
    ),
    "malformed": ("无法识别：这不是完整的健康码，请重新扫描。", "Not a complete health code. Scan it again."),
    "too_long": ("内容过长：这不是健康码。", "Too long: this is no health code."),
    "screenshot": (
        "出示时间过早，可能是截图：请对方打开实时健康码。",
        "Shown too long ago, perhaps a screenshot. Ask for the live code.",
    ),
    "showing_missing": (
        "缺少本机签名，可能是转发的码：请对方打开实时健康码。",
        "The phone's own signature is missing, perhaps a forwarded code. Ask for the live code.",
    ),
    "holder_mismatch": (
        "此码不属于这部手机：请核对证件。",
        "The code does not belong to this phone. Check the document.",
    ),
    "clock_wrong": (
        "手机时间不对：请校准时间后再试。",
        "A clock is wrong: the holder's or this one. Set it and try again.",
    ),
    "revoked": ("此码已作废：请联网或凭证件核验。", "The code was revoked. Check online or by document."),
    "status_changed": (
        "签发后状态可能已变：请联网或凭证件核验。",
        "The status may have changed since the code was issued. Check online or by document.",
    ),
    "colour_yellow": ("黄码：按规定核验并引导。", "Yellow code: check and direct as the rules say."),
    "colour_red": ("红码：请止步，联系专班处置。", "Red code: stop here and call the team in charge."),
    "test_too_old": (
        "没有规定时限内的阴性结果：请引导采样。",
        "No negative test within the time required. Direct the holder to a test.",
    ),
    "knowledge_old": (
        "状态变更清单较旧或缺失，仅供参考；不得仅因此拒绝放行。",
        "The list of changes is old or missing. Nobody is refused for that alone.",
    ),
    "keys_old": ("密钥清单已过期，请尽快联网更新。", "The list of keys has expired. Update it soon."),
    "paper_check_document": (
        "纸质码：请核对姓名和证件末四位。",
        "Paper code: compare the name and the document's last four.",
    ),
    "companion_check": ("同行人码：请核对本人与监护人。", "A companion's code: look at the person and the guardian."),
}
