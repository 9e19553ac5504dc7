"""The keys that seal identity and telephone numbers: list, rotate. 加密密钥的查看与轮换。"""

from __future__ import annotations

import argparse

from yanmen.project.cli import start_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="names of the keys; the one in use has a star")
    rotate = acts.add_parser("rotate", help="seal everything with a new key; stop other processes first")
    rotate.add_argument("name", help="name of the new key, such as 2026-autumn")


def run(args: argparse.Namespace) -> int:
    start_django()
    from yanmen.registry.rotation import rotate
    from yanmen.registry.vault import ring

    if args.act == "rotate":
        print(
            f"{rotate(args.name)} people were sealed with {args.name}. Back up the key file now. 请立即备份密钥文件。"
        )
    for name in sorted(ring().sealing):
        print(f"{'*' if name == ring().current else ' '} {name}")
    return 0
