"""The parent portal: where parents look after their own child-support case."""

from __future__ import annotations

import importlib
import os

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from portal import health
from portal.audit.trail import record_event
from portal.context import Context, open_context
from portal.settings import PROJECT, Settings, SettingsError, load_settings
from portal.staff import refusals

ROOMS = ("web", "staff", "holdings", "cases", "own_records", "statements", "requests", "accounts")
"""The rooms with pages, in the order of the menu."""
MOST_UPLOAD_BYTES = 11 * 1024 * 1024
"""One evidence file of 10 MB with its form around it (UPL-1)."""


def create_app(context: Context | None = None) -> Flask:
    """Make the application.

    :param context: made from the environment's settings when not given.
    :raises portal.settings.SettingsError: when a setting is missing or unsafe.
    """
    context = context or open_context(load_settings(os.environ))
    app = Flask(
        __name__,
        template_folder=str(PROJECT / "templates"),
        static_folder=str(PROJECT / "static" / "built"),
        static_url_path="/static",
        instance_path=str(context.settings.instance),
    )
    if context.settings.is_production and app.debug:
        raise SettingsError("Debug is refused in production: unset FLASK_DEBUG.")
    app.extensions["portal"] = context
    app.extensions["portal.navigation"] = []
    app.extensions["portal.health"] = health.problems
    app.extensions["portal.trail"] = record_event
    app.extensions["portal.staff_refused"] = refusals.note
    _configure(app, context)
    _install(app, context)
    for room in _rooms(context.settings):
        module = importlib.import_module(f"portal.{room}.views")
        app.register_blueprint(module.blueprint)
        navigation = getattr(module, "navigation", None)
        if navigation is not None:
            app.extensions["portal.navigation"].append(navigation)
    return app


def _rooms(settings: Settings) -> tuple[str, ...]:
    return (*ROOMS, "demo") if settings.mode == "demo" else ROOMS


def _configure(app: Flask, context: Context) -> None:
    keys = context.keyring.subkeys("flask")
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        MAX_CONTENT_LENGTH=MOST_UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=1_000,
        WTF_CSRF_SECRET_KEY=keys[::-1],  # signs with the last of them, believes all (KEY-3)
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
        # No page sends a Referer (LNK-4), so the token has to stand alone.
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE=context.agency.languages[0],
        BABEL_DEFAULT_TIMEZONE=context.agency.timezone.key,
        PREFERRED_URL_SCHEME="https" if context.settings.is_https else "http",
        TRAP_HTTP_EXCEPTIONS=False,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if context.settings.trusted_proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        hops = context.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def _install(app: Flask, context: Context) -> None:
    """Hook in what all rooms share. ``after_request`` hooks run in the opposite order."""
    from flask_babel import Babel

    from portal import logs
    from portal.accounts import login
    from portal.web import access, edge, errors, filters, frame, limits, sessions

    logs.init_app(app)
    frame.set_headers_on(app)
    edge.init_app(app)
    sessions.init_app(app)
    Babel(app)
    limits.init_app(
        app, storage=context.settings.throttle_url, enabled=context.settings.address_limits
    )
    CSRFProtect(app).exempt("portal.web.views.leave")  # it looks at the token itself
    login.init_app(app)
    access.init_app(app)
    filters.init_app(app)
    frame.init_app(app)
    errors.init_app(app)
