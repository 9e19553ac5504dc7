"""The edge: the doors for phones, scanners and checkpoints on http://127.0.0.1:8100/; `yanmen edge serve`."""

import argparse
import os
import sys

from yanmen.project import database, state


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    serve = acts.add_parser("serve", help="answer until told to stop; several may run side by side")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8100)
    serve.add_argument("--workers", type=int, default=1, help="processes (1)")
    serve.add_argument("--tls-cert", metavar="FILE", help="certificate; see `yanmen cert`")
    serve.add_argument("--tls-key", metavar="FILE", help="its private key")
    serve.add_argument("--site", metavar="URL", default="http://127.0.0.1:8000", help="where phones are enrolled")


def run(options: argparse.Namespace) -> int:
    """Become the edge: this process is replaced, so that whoever started it speaks to the edge itself."""
    os.environ.update(environment(options))
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "yanmen.edge"])  # noqa: S606


def environment(options: argparse.Namespace) -> dict[str, str]:
    """What the edge is told. The database need not be up; what the environment says already stays."""
    state.edge_secrets()
    folder = state.home() / "edge"
    said = {
        "DATABASE": database.edge_url(),
        "SECRETS": str(state.edge_secrets_file()),
        "ISSUING": str(state.home() / "issuing"),
        "FOLDER": str(folder),
        "CLOCK": state.clock_start(),
    }
    told = {f"YANMEN_EDGE_{name}": os.environ.get(f"YANMEN_EDGE_{name}", value) for name, value in said.items()}
    return told | {
        "YANMEN_EDGE_HOST": options.host,
        "YANMEN_EDGE_PORT": str(options.port),
        "YANMEN_EDGE_WORKERS": str(options.workers),
        "YANMEN_EDGE_SITE": options.site,
        "YANMEN_EDGE_TLS_CERT": options.tls_cert or "",
        "YANMEN_EDGE_TLS_KEY": options.tls_key or "",
    }
