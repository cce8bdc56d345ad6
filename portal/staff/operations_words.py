"""What the operators' page calls jobs and codes; a code without words is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

LOAD_KINDS: Mapping[str, LazyString] = {"full": _l("full"), "delta": _l("changes only")}

JOBS: Mapping[str, LazyString] = {
    "accounts.email-corrections": _l("Corrections of an e-mail address whose wait is over"),
    "accounts.factor-removals": _l("Removals of ways to sign in whose wait is over"),
    "accounts.recoveries": _l("Ways back in whose day of waiting is over"),
    "accounts.sweep": _l("Clear away old sessions, links and counters"),
    "audit.seal": _l("Seal the trail"),
    "audit.verify": _l("Read the whole trail and compare it with its seals"),
    "notices.forget_sent": _l("Forget mail sent 90 days ago"),
    "requests.check_evidence": _l("Have evidence looked at by the scanner"),
    "requests.release_held": _l("Release addresses held for a day"),
    "requests.sweep_drafts": _l("Throw away drafts that nobody touched for 90 days"),
    "requests.sweep_evidence": _l("Delete files that nothing names"),
    "staff.tell_of_no_answer": _l("Tell who has a request that a parent did not answer in time"),
    "staff.tell_of_late": _l("Tell the supervisors what is due or late"),
}

CODES: Mapping[str, LazyString] = {
    "bad_address": _l("the address is not one that mail can go to"),
    "recipient_refused": _l("the mail server does not take mail for this address"),
    "sender_refused": _l("the mail server does not take mail from us"),
    "message_refused": _l("the mail server refused the message"),
    "login_refused": _l("the mail server refused our sign-in"),
    "not_supported_by_server": _l("the mail server cannot do what we need"),
    "server_refused": _l("the mail server refuses all mail now"),
    "server_timed_out": _l("the mail server took too long"),
    "server_hung_up": _l("the mail server broke off"),
    "server_unreachable": _l("the mail server cannot be reached"),
    "tls_failed": _l("no safe connection to the mail server"),
    "folder_not_writable": _l("the mail folder cannot be written to"),
    "gateway_refused": _l("the text gateway refused the message"),
    "gateway_timed_out": _l("the text gateway took too long"),
    "gateway_tls_failed": _l("no safe connection to the text gateway"),
    "gateway_unreachable": _l("the text gateway cannot be reached"),
    "no_text_gateway": _l("no text gateway is configured"),
    "not_composed": _l("the message could not be made: see the log"),
}
"""By code without the server's number: ``message_refused_554`` is ``message_refused``."""
