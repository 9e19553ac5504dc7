"""Signers by address: `file:/path/key.pem` (ES256), `pkcs11:…` (a hardware module, RFC 7512), `sm2:/path/key.pem`."""

from pathlib import Path

from yanmen.base.signing import FileSigner, Signer


def signer_at(address: str, *, folder: Path = Path()) -> Signer:
    """The signer that lives at an address; paths of files are relative to the folder."""
    scheme, _, rest = address.partition(":")
    if scheme == "file":
        return FileSigner.read(folder / rest)
    if scheme == "pkcs11":
        from yanmen.base.pkcs11 import Pkcs11Signer

        return Pkcs11Signer.open(address)
    if scheme == "sm2":
        from yanmen.base.sm2 import Sm2Signer

        return Sm2Signer.read(folder / rest)
    raise ValueError(f'"{address}" is no address of a signing key. Write file:…, pkcs11:… or sm2:….')
