"""The sheet that hangs at the door: a QR code as SVG and what it says, in both languages at once."""

from __future__ import annotations

import io

import segno

from yanmen.base.qr_codes import MARGIN

TEXTS: dict[str, dict[str, str]] = {
    "title": {"zh": "场所码", "en": "Venue code"},
    "please": {"zh": "进门请扫码", "en": "Check in when you enter"},
    "step_1": {"zh": "打开健康码页面，点“扫场所码”。", "en": "Open your health code page and choose “Check in”."},
    "step_2": {"zh": "对准此码，看到“已登记”即可进入。", "en": "Point at this code. “Checked in” means you may enter."},
    "step_3": {"zh": "没有网络也能扫，联网后自动补传。", "en": "It works without a network and is delivered later."},
    "no_phone": {
        "zh": "没有手机？请工作人员扫您的纸质码，或在登记簿上写下姓名和电话。任何人不得因为没有手机被拒之门外。",
        "en": "No telephone? Staff scan your paper code, or write your name and number on the list. Nobody is turned"
        " away for having no telephone.",
    },
    "children": {
        "zh": "老人、小孩可由同行家人代扫。",
        "en": "Family may check in for children and elderly people who are with them.",
    },
    "privacy": {
        "zh": "到访记录只用于流行病学调查，保存30天后删除。只在现场扫码：转发的码不算到访。",
        "en": "Visits are used for tracing contacts alone and deleted after 30 days. Scan on the spot only: a forwarded"
        " picture counts as no visit.",
    },
    "trouble": {"zh": "扫不了或有疑问，请拨打12345。", "en": "If it does not work, or to ask: phone 12345."},
}


def qr_svg(text: str) -> str:
    """The code as one SVG element without styles: quartile error correction, so that a scratched print still reads."""
    found = io.BytesIO()
    code = segno.make(text, error="q", micro=False, mode="alphanumeric", boost_error=False)
    code.save(
        found,
        kind="svg",
        border=MARGIN,
        xmldecl=False,
        svgns=True,
        omitsize=True,
        svgclass="poster-code",
        lineclass=None,
    )
    return found.getvalue().decode("utf-8").strip()
