"""HTTPS on a local network: a certificate authority of your own and a server certificate. 本地 HTTPS 证书。"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from yanmen.base import local_ca
from yanmen.base.clock import SystemClock
from yanmen.base.refusals import Refusal

HOW = """
{zh_made}
{en_made}

  CA          {ca}
  SHA-256     {fingerprint}
  CA (DER)    {der}
  server      {server}
  key         {key}
  hosts       {hosts}
  until       {until:%Y-%m-%d}

Start 启动
  yanmen edge serve --host 0.0.0.0 --tls-cert {server} --tls-key {key}
  granian --interface wsgi --host 0.0.0.0 --port 8443 --ssl-certificate {server} --ssl-keyfile {key} \\
    yanmen.project.wsgi:application

Trust the CA once on every phone and computer; compare the fingerprint first.
每部手机、电脑信任一次根证书；先核对指纹。
  Android     设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书 / Settings → Security → Install a certificate → CA certificate
  iOS         安装描述文件后：设置 → 通用 → 关于本机 → 证书信任设置 / install the profile, then
              Settings → General → About → Certificate Trust Settings
  Windows     certutil -addstore -user Root {der_name}
  Firefox     about:preferences#privacy → 查看证书 → 导入 / View Certificates → Import
  HarmonyOS   设置 → 安全 → 更多安全设置 → 加密和凭据 → 从存储安装 / Settings → Security → Install from storage
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("host", nargs="+", help="host names and IP addresses under which phones reach this machine")
    parser.add_argument("--folder", type=Path, help="where to keep the files; default: <state folder>/tls")
    parser.add_argument("--title", default="Yanmen local CA", help="what phones show as the name of the authority")
    parser.add_argument("--new-ca", action="store_true", help="make a new authority; the old one is kept beside it")


def run(args: argparse.Namespace) -> int:
    try:
        print(_make(args))
    except Refusal as refusal:
        print(f"{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1
    return 0


def _make(args: argparse.Namespace) -> str:
    from yanmen.project import state

    folder = (args.folder or state.home() / "tls").resolve()
    now = SystemClock().now()
    hosts = local_ca.Hosts.read(args.host)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    if args.new_ca and ca.exists():
        _put_aside(folder, f"{now:%Y%m%dT%H%M%S}")
    fresh = not ca.exists()
    authority = local_ca.make_authority(hosts, title=args.title, now=now) if fresh else local_ca.read(ca, ca_key)
    server = local_ca.make_server(authority, hosts, now=now)
    if fresh:
        local_ca.keep(authority, ca, ca_key)
        (folder / "ca.crt").write_bytes(local_ca.der(authority))
    local_ca.keep(server, folder / "server.pem", folder / "server.key")
    return _told(folder, authority, server, args.host, fresh=fresh)


def _put_aside(folder: Path, stamp: str) -> None:
    """An authority that phones trust is never overwritten: it moves into a folder of its own."""
    aside = folder / f"before-{stamp}"
    aside.mkdir(parents=True)
    for name in ("ca.pem", "ca.key", "ca.crt", "server.pem", "server.key"):
        if (folder / name).exists():
            (folder / name).rename(aside / name)


def _told(folder: Path, authority: local_ca.Pair, server: local_ca.Pair, hosts: list[str], *, fresh: bool) -> str:
    return HOW.format(
        zh_made="已制作新的根证书和服务器证书。" if fresh else "服务器证书已更新；根证书不变，手机无需重新信任。",
        en_made="A new CA and a server certificate." if fresh else "A renewed server certificate; the CA is unchanged.",
        ca=folder / "ca.pem",
        fingerprint=authority.fingerprint(),
        der=folder / "ca.crt",
        der_name="ca.crt",
        server=folder / "server.pem",
        key=folder / "server.key",
        hosts=", ".join(hosts),
        until=server.certificate.not_valid_after_utc,
    )
