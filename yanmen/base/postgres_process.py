"""Processes, owners and files of the embedded PostgreSQL, seen from the operating system."""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

SERVER_ACCOUNTS = ("yanmen", "nobody")
"""Who runs the server when we are root: PostgreSQL refuses to be. YANMEN_POSTGRES_USER names another."""

SHARED_STATE = Path("/var/lib/yanmen")
SHARED_CACHE = Path("/var/cache/yanmen")


def server_account() -> pwd.struct_passwd | None:
    """None when the server may run as ourselves; as root, the account to drop to."""
    if os.geteuid() != 0:
        return None
    for name in (os.environ.get("YANMEN_POSTGRES_USER", ""), *SERVER_ACCOUNTS):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("PostgreSQL does not run as root. Name an account in YANMEN_POSTGRES_USER.")


def reachable_folder(wanted: Path, account: pwd.struct_passwd | None) -> Path:
    """The wanted folder, or one below /var/lib when the account could not walk there.

    No parent folder is opened for it.
    """
    if account is None or _can_walk(wanted.parent, account):
        return wanted
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    return SHARED_STATE / digest


def _can_walk(folder: Path, account: pwd.struct_passwd) -> bool:
    for step in (folder, *folder.parents):
        if not step.exists():
            continue
        found = step.stat()
        bit = 0o100 if found.st_uid == account.pw_uid else 0o001
        if not found.st_mode & bit:
            return False
    return True


def readable_binaries(binaries: Path, account: pwd.struct_passwd | None) -> Path:
    """The binaries themselves, or a copy that the account may read and run."""
    if account is None or _can_walk(binaries, account):
        return binaries
    tree = binaries.parent
    mark = (binaries / "postgres").stat()
    digest = hashlib.sha256(f"{tree}:{mark.st_mtime_ns}:{mark.st_size}".encode()).hexdigest()[:12]
    copy = SHARED_CACHE / f"postgresql-{digest}"
    if not copy.exists():
        SHARED_CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(tree, draft, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft)
    return copy / binaries.name


def make_private_folder(folder: Path, account: pwd.struct_passwd | None) -> None:
    """A folder that only the server's account may enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)


def write_private(path: Path, text: str, account: pwd.struct_passwd | None) -> None:
    """Write a file for one account's eyes, all of it or nothing."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    if account is not None:
        os.chown(draft, account.pw_uid, account.pw_gid)
    draft.replace(path)


def run(
    command: Sequence[str | Path], account: pwd.struct_passwd | None, *, cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """Run to the end as the account."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
        **_identity(account),  # type: ignore[call-overload]
    )
    return done


def spawn(
    command: Sequence[str | Path], account: pwd.struct_passwd | None, *, cwd: Path, log: Path
) -> "subprocess.Popen[bytes]":
    """Start in the background, in a session of its own, so that our terminal's signals miss it."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        child: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            env=_environment(),
            **_identity(account),  # type: ignore[call-overload]
        )
    finally:
        os.close(descriptor)
    return child


def _identity(account: pwd.struct_passwd | None) -> dict[str, object]:
    if account is None:
        return {"umask": 0o077}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "umask": 0o077}


def _environment() -> dict[str, str]:
    """Ours without what steers PostgreSQL: a PGHOST of the caller must not reach the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}


def recorded_postmaster(data: Path) -> int | None:
    """The process id that the data folder's lock file names, dead or alive."""
    try:
        return int((data / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def live_postmaster(data: Path) -> int | None:
    """The server's process id, if it is this folder's server and neither dead nor a zombie."""
    pid = recorded_postmaster(data)
    if pid is None or not _is_alive(pid) or not _works_in(pid, data):
        return None
    return pid


def _is_alive(pid: int) -> bool:
    _reap(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text("utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc/self").exists()


def _reap(pid: int) -> None:
    """A dead child of ours stays a zombie until somebody asks for it."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _works_in(pid: int, data: Path) -> bool:
    """False when the number was given to another process since; servers work in their data folder."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc/self").exists()
    except PermissionError:
        return False


def clear_remains(data: Path, *, patience: float = 10.0) -> None:
    """After an unclean stop: end orphaned workers, then drop a lock file that names no server."""
    end = time.monotonic() + patience
    while orphans := _processes_in(data):
        if time.monotonic() > end:
            raise TimeoutError(f"Processes {orphans} still work in {data}. End them, then start again.")
        for pid in orphans:
            send(pid, signal.SIGQUIT)
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(data: Path) -> list[int]:
    proc = Path("/proc")
    if not (proc / "self").exists():
        return []
    pids = [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _is_postgres(pid) and _works_in(pid, data) and _is_alive(pid)]


def _is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8").startswith("postgres")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def send(pid: int, how: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, how)


def wait_for_end(pid: int, patience: float) -> bool:
    """True as soon as the process has ended; False when patience has."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if not _is_alive(pid):
            return True
        time.sleep(0.02)
    return False


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock; a process that dies lets go of it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
