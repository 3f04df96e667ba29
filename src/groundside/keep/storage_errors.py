"""What an object store's client says, as errors that a person can act on; none carries a key or a signature."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError

from groundside.errors import BadSetting, Conflict, GroundsideError, NoSpace, NotFound, Unreachable, Unreadable

_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_FULL = re.compile(r"status code: 507|StorageFull|QuotaExceeded|[Nn]o space left|[Nn]o (free|writable) volume")
_SILENT = {
    "kind: Timeout": "it did not answer in time",
    "ConnectionRefused": "nobody answers there",
    "dns error": "nobody knows that name",
    "InvalidContentType": "it does not speak TLS there",
    "kind: Connect": "no connection came about",
    "kind: Request": "the connection was lost",
    "kind: Interrupted": "the connection was lost",
    "kind: Decode": "the connection was lost",
}
_CERTIFICATE = re.compile(r"InvalidCertificate|UnknownIssuer|CaUsedAsEndEntity|invalid peer certificate")
_SKEW = {"RequestTimeTooSkewed", "RequestExpired"}
_REGION = re.compile(r"configured region|AuthorizationHeaderMalformed|PermanentRedirect|IllegalLocationConstraint")


@contextmanager
def storage_errors(place: str, absent: NotFound | None = None) -> Generator[None]:
    """
    Turn what the client says into the errors of the tree; the client's own text, which may quote requests, is dropped.

    Args:
        place: which bucket of which server, for the text.
        absent: what to raise where the object is not there.

    Raises:
        NotFound: there is no such object.
        Conflict: there is one already.
        NoSpace: the server is full.
        BadSetting: there is no such bucket.
        Unreachable: the server does not answer, fails, or does not let us in.
        Unreadable: anything else.
    """
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        raise _told(error, place, absent) from None


def _told(error: Exception, place: str, absent: NotFound | None) -> GroundsideError:
    text = str(error)
    code = _first(_CODE, text)
    if code == "NoSuchBucket":
        return BadSetting(f"There is no bucket for {place}.", try_this="create it, or correct the setting 'storage'")
    if isinstance(error, FileNotFoundError):
        return absent or NotFound(f"There is no such object in {place}.", try_this="groundside verify")
    if isinstance(error, AlreadyExistsError):
        return Conflict(f"An object of that name is in {place} already; it was not touched.")
    if _FULL.search(text):
        what = f"The storage {place} is full; nothing half-written was left."
        return NoSpace(what, try_this="make room on the storage server, then run the same command again")
    if _REGION.search(text):
        return BadSetting(f"The bucket of {place} is in another region.", try_this="set storage_region to it")
    if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
        return _refused(place, code)
    return _failed(text, code, place)


def _refused(place: str, code: str) -> Unreachable:
    advice = "check storage_key_id and storage_secret, and what that key may do in the bucket"
    if code in _SKEW:
        advice = "set the clock of this machine"
    return Unreachable(f"The storage {place} does not let us in ({code or 'access denied'}).", try_this=advice)


def _failed(text: str, code: str, place: str) -> GroundsideError:
    if _CERTIFICATE.search(text):
        what = f"The storage {place} shows a certificate that is not trusted here."
        return Unreachable(what, try_this="name the file of its authority in the setting 'storage_ca_file'")
    for sign, reason in _SILENT.items():
        if sign in text:
            what = f"The storage {place} cannot be reached: {reason}."
            return Unreachable(what, try_this="see that the server runs, then run the same command again")
    status = _first(_STATUS, text)
    reason = " ".join(part for part in (status, code) if part) or "it said nothing that is known here"
    if status.startswith("5") or status == "429":
        what = f"The storage {place} failed: {reason}."
        return Unreachable(what, try_this="see whether the server is full, and look into its own log")
    return Unreadable(f"The storage {place} would not do it: {reason}.", try_this="look into the server's own log")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
