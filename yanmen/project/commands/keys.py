"""Keys: those that seal identity and telephone numbers, and those that sign codes. 加密密钥与签发密钥的查看与轮换。"""

from __future__ import annotations

import argparse
import sys

from yanmen.base.key_list import USES
from yanmen.base.refusals import Refusal
from yanmen.project import state
from yanmen.project.cli import start_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="names of the sealing keys; the one in use has a star")
    rotate = acts.add_parser("rotate", help="seal everything with a new key; stop other processes first")
    rotate.add_argument("name", help="name of the new key, such as 2026-autumn")
    issuing = acts.add_parser("issuing", help="the keys that sign codes, papers, devices, certificates and documents")
    signing = issuing.add_subparsers(dest="issuing_act", required=True)
    signing.add_parser("list", help="every key and its use; those in use have a star")
    anew = signing.add_parser("rotate", help="new keys that sign from tomorrow; what the old signed stays good")
    anew.add_argument("--use", action="append", choices=USES, help="only for this use (repeat; default: all)")
    anew.add_argument("--address", help="where the new key waits, such as pkcs11:… (default: a file is made)")
    lost = signing.add_parser("revoke", help="nothing that this key signed is believed any more")
    lost.add_argument("key_id", help="name of the key in hexadecimal, as `yanmen keys issuing list` shows it")


def run(args: argparse.Namespace) -> int:
    start_django()
    try:
        return _issuing(args) if args.act == "issuing" else _sealing(args)
    except Refusal as refusal:
        print(f"{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1


def _sealing(args: argparse.Namespace) -> int:
    from yanmen.registry.rotation import rotate
    from yanmen.registry.vault import ring

    if args.act == "rotate":
        print(f"{rotate(args.name)} rows were sealed with {args.name}. Back up the key file now. 请立即备份密钥文件。")
    for name in sorted(ring().sealing):
        print(f"{'*' if name == ring().current else ' '} {name}")
    return 0


def _issuing(args: argparse.Namespace) -> int:
    """List, rotate or revoke; doors learn of it with the list of keys, published here at once."""
    from yanmen.desk import clock
    from yanmen.registry.vault import issuing
    from yanmen.subsystems.health_code.actions import publish_documents

    now = clock.now()
    state.edge_secrets()  # the first to come makes them
    if args.issuing_act == "rotate":
        issuing().rotate(now, uses=tuple(args.use or USES), address=args.address)
        print("New keys sign from tomorrow. Back up the folder now. 新密钥次日起签发，请立即备份。")
    if args.issuing_act == "revoke":
        issuing().revoke(_key_id(args.key_id), now)
        print("Revoked: nothing that this key signed is believed. 已吊销：该密钥签发的一切不再有效。")
    if args.issuing_act != "list":
        publish_documents(by="operator", now=now)
    keys = issuing()
    for key in sorted(keys.keys, key=lambda each: (each.use, each.since)):
        used = key.revoked_at is None and keys.current(key.use, now).key_id == key.key_id
        note = "revoked 已吊销" if key.revoked_at is not None else ""
        print(f"{'*' if used else ' '} {key.use:<7} {key.key_id} {key.algorithm} {key.address} {note}".rstrip())
    return 0


def _key_id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Refusal(
            f"“{text}”不是十六进制的密钥名。", f"{text} is no key name in hexadecimal.", field="key_id", value=text
        ) from None
