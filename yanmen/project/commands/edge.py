"""The door that millions use: codes, check-ins, passes, samples, the phone pages. 边缘服务：亮码、扫码、通行、采样、手机页面。"""

import argparse
import os
from pathlib import Path

from yanmen.project import edges


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    serve = acts.add_parser("serve", help="serve until told to stop; several may run side by side")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=edges.PORT)
    serve.add_argument("--workers", type=int, default=1, help="processes on this port (1)")
    serve.add_argument("--site", default="http://127.0.0.1:8000", help="the Django site, for residents who come in")
    serve.add_argument("--tls-cert", type=Path, help="certificate, for example of `yanmen cert`")
    serve.add_argument("--tls-key", type=Path, help="its private key")


def run(options: argparse.Namespace) -> int:
    """Become the edge: this process is replaced, so that whoever started it speaks to the edge itself."""
    where = edges.Where(
        host=options.host,
        port=options.port,
        workers=options.workers,
        site=options.site,
        certificate=options.tls_cert,
        private_key=options.tls_key,
    )
    command = edges.command()
    os.execve(command[0], command, os.environ | edges.environment(where))
