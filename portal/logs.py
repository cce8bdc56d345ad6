"""Logs: one line an event, JSON in production, and nothing in them that names a person (LOG-1).

Messages are static, ids not objects. Two things hold whatever is logged: values under a telling
name are left out, and what is shaped like a Social Security number, an e-mail address, a phone
number or a token is masked, in every logger of every library. Of an exception only its kind and
where it happened are written: its message may hold what somebody typed.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.types import EventDict, Processor

from portal.audit.origin import Origin, set_origin
from portal.settings import Settings

REMOVED = "[removed]"
MASKED = "[masked]"
_TELLING = re.compile(
    r"password|passphrase|secret|token|cookie|authorization|answer|e?mail$|phone|address|birth"
    r"|licen[cs]e|account_number|csrf"
    r"|(^|_)(ssn|pin|hint|form|body|query|path|url|args)($|_)"
)
_SHAPES = re.compile(
    r"(?<!\d)\d{3}[- ]?\d{2}[- ]?\d{4}(?!\d)"  # a Social Security number
    r"|[^\s@<>\"']+@[^\s@<>\"']+"  # an e-mail address
    r"|\+\d{8,15}(?!\d)|\(\d{3}\) ?\d{3}-\d{4}|(?<!\d)\d{3}[-.]\d{3}[-.]\d{4}(?!\d)"  # a phone
    r"|[\w-]{4,}\.[\w-]{5,}\.[\w-]{20,}"  # a signed link
    r"|[A-Za-z0-9_=-]{40,}"  # a token
    r"|(?<![A-Z2-7])[A-Z2-7]{32}(?![A-Z2-7])"  # an authenticator's secret
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What would begin a line of its own, or move a terminal's cursor (INJ-3)."""
_OURS = frozenset({"timestamp", "level", "frames", "logger", "request_id"})
"""Made by the portal itself, whatever they look like: a random id may hold nine digits in a row."""
_COUNTS = frozenset({"rows", "bytes", "ms", "line", "count", "rows_per_second"})
_QUIET = {"werkzeug": logging.WARNING, "sqlalchemy": logging.WARNING, "alembic": logging.WARNING}


def configure_logging(settings: Settings) -> None:
    """Send this process's logs to standard error: JSON in production, readable otherwise."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(_formatter(shared, as_json=settings.is_production))
    root = logging.getLogger()
    root.handlers[:] = [other for other in root.handlers if not isinstance(other, _StandardError)]
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    if settings.is_production:
        _catch_the_rest()


def _formatter(shared: list[Processor], *, as_json: bool) -> logging.Formatter:
    """The last steps of each line, whichever library's logger it comes from."""
    end: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            place_of_exception,
            mask_personal_data,
            end,
        ],
    )


def _catch_the_rest() -> None:
    """Warnings, and what nobody caught, go to the log as well."""
    logging.captureWarnings(True)
    sys.excepthook = _log_unhandled
    threading.excepthook = lambda failed: _log_unhandled(
        failed.exc_type, failed.exc_value, failed.exc_traceback
    )


def _log_unhandled(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """What nobody caught goes to the log as well, without its message."""
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        structlog.get_logger(__name__).critical("unhandled", exc_info=error)


class _StandardError(logging.Handler):
    """Writes to whatever standard error is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)  # noqa: T201
        except Exception:
            self.handleError(record)


def place_of_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Put the kind of an exception and its frames in its place, without its message."""
    found = event.pop("exc_info", None)
    event.pop("exception", None)
    event.pop("stack_info", None)
    error = sys.exc_info()[1] if found is True else found
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = _kinds(error)
        frames = traceback.extract_tb(error.__traceback__)
        event["frames"] = [f"{_short(at.filename)}:{at.lineno} {at.name}" for at in frames]
    return event


def _kinds(error: BaseException) -> str:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{kind} from {_kinds(cause)}" if cause else kind


def _short(filename: str) -> str:
    return "/".join(filename.split("/")[-3:])


def mask_personal_data(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Take out what LOG-1 forbids, at any depth."""
    for key, value in list(event.items()):
        if key in _OURS:
            continue
        del event[key]
        event[mask_text(key)] = _masked(key, value)
    return event


def _masked(key: str, value: Any) -> Any:
    if key in _COUNTS and isinstance(value, int | float):
        return value
    if _TELLING.search(key.lower()):
        return REMOVED
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {mask_text(str(name)): _masked(str(name), part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(key, part) for part in value]
    text = mask_text(str(value))
    return value if text == str(value) and isinstance(value, int | float) else text


def mask_text(text: str) -> str:
    """The text in one line, without anything that is shaped like personal data or a secret."""
    return _SHAPES.sub(MASKED, _CONTROL.sub(" ", text))


def init_app(app: Flask) -> None:
    """Configure logging and log each request: endpoint's name, status and time, never its path.

    The request's id goes to every line of it and to every audit row (AUD-1).
    """
    context = app.extensions["portal"]
    configure_logging(context.settings)
    log = structlog.get_logger("portal.request")

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        address = request.remote_addr
        hashed = context.keyring.lookup("network-address", address) if address else None
        set_origin(Origin(g.request_id, hashed))

    @app.after_request
    def end(response: Response) -> Response:
        began = g.get("began")
        taken = round((time.perf_counter() - began) * 1000, 1) if began else None
        log.info(
            "request",
            endpoint=request.endpoint or "unknown",
            method=request.method if request.method in _METHODS else "other",
            status=response.status_code,
            ms=taken,
        )
        return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def request_id() -> str | None:
    """The id of the request that runs now, for its error page and its receipts."""
    found: str | None = g.get("request_id")
    return found
