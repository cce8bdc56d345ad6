"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.database
from portal.audit.models import AUDIT_DDL, AUDIT_DDL_DOWN
from portal.requests.immutable import EVENTS_DDL, EVENTS_DDL_DOWN

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_lookup", sa.String(length=100), nullable=False),
        sa.Column("email_confirmed_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("new_email", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("no_phone", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_changed_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("hint_question", sa.String(length=32), nullable=True),
        sa.Column("hint_hash", sa.String(length=200), nullable=True),
        sa.Column("spent_pin", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("last_signed_in_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("recovery_kept_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("disabled_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_index(
        "uq_accounts_live_email",
        "accounts",
        ["email_lookup"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_accounts_live_participant",
        "accounts",
        ["participant_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "audit_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=100), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_actor", "audit_events", ["actor_id", "at"], unique=False)
    op.create_index(op.f("ix_audit_events_at"), "audit_events", ["at"], unique=False)
    op.create_index(
        "ix_audit_events_subject",
        "audit_events",
        ["subject_kind", "subject_id", "at"],
        unique=False,
    )
    op.create_table(
        "current_record",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=70), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_current_record")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("started_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("saved_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index("uq_drafts_account_kind", "drafts", ["account_id", "kind"], unique=True)
    op.create_table(
        "export_log",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_key", sa.String(length=64), nullable=False),
        sa.Column("given_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_export_log")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_export_log_source")),
    )
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("due_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("leased_until", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("finished_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "kept_work",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("path_lookup", sa.String(length=100), nullable=False),
        sa.Column("kept_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_work")),
    )
    op.create_index(op.f("ix_kept_work_account_id"), "kept_work", ["account_id"], unique=False)
    op.create_table(
        "letter_requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_requests")),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("created_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("passed_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    op.create_index("links_owner", "links", ["owner_id", "purpose"], unique=False)
    op.create_table(
        "loads",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(length=70), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("created_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("not_adding_up", sa.Integer(), nullable=False),
        sa.Column("started_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("finished_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_loads")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("next_try_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("sent_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("failed_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    op.create_index("ix_outbox_due", "outbox", ["next_try_at"], unique=False)
    op.create_table(
        "pin_requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin_requests")),
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("pin", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_lookup", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("no_phone", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("hint_question", sa.String(length=32), nullable=True),
        sa.Column("hint_hash", sa.String(length=200), nullable=True),
        sa.Column("sent_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    op.create_index(
        op.f("ix_registrations_created_at"), "registrations", ["created_at"], unique=False
    )
    op.create_index(
        op.f("ix_registrations_email_lookup"), "registrations", ["email_lookup"], unique=False
    )
    op.create_index("registrations_participant", "registrations", ["participant_id"], unique=False)
    op.create_table(
        "safety_marks",
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.String(length=8), nullable=False),
        sa.Column("changed_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_safety_marks")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("started_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("seen_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("reauthenticated_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index("ix_sessions_account", "sessions", ["account_id"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=9), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("notice_dated_on", sa.Date(), nullable=True),
        sa.Column("notice_respond_by", sa.Date(), nullable=True),
        sa.Column("hold_until", portal.database.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_submissions_idempotency_key")),
        sa.UniqueConstraint("number", name=op.f("uq_submissions_number")),
    )
    op.create_index(
        "ix_submissions_account", "submissions", ["account_id", "submitted_at"], unique=False
    )
    op.create_index("ix_submissions_open", "submissions", ["kind", "state"], unique=False)
    op.create_index(
        op.f("ix_submissions_participant_id"), "submissions", ["participant_id"], unique=False
    )
    op.create_table(
        "throttles",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("latest", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("closed_until", portal.database.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", "subject", name=op.f("pk_throttles")),
    )
    op.create_table(
        "evidence_files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("submission_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("stored_as", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("added_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("checked_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_evidence_files_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_evidence_files_stored_as")),
    )
    op.create_index(
        op.f("ix_evidence_files_account_id"), "evidence_files", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_files_draft_id"), "evidence_files", ["draft_id"], unique=False
    )
    op.create_index(
        "ix_evidence_files_state", "evidence_files", ["state", "added_at"], unique=False
    )
    op.create_index(
        op.f("ix_evidence_files_submission_id"), "evidence_files", ["submission_id"], unique=False
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("selector", sa.String(length=2), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("used_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(
        op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"], unique=False
    )
    op.create_table(
        "submission_cases",
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(length=32), nullable=True),
        sa.Column("notice_amount", portal.database.Money(), nullable=True),
        sa.Column("stay_began_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("stay_ended_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_submission_cases_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "case_id", name=op.f("pk_submission_cases")),
    )
    op.create_index("ix_submission_cases_case", "submission_cases", ["case_id"], unique=False)
    op.create_table(
        "submission_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_submission_events_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_events")),
        sa.UniqueConstraint("uid", name=op.f("uq_submission_events_uid")),
    )
    op.create_index(
        "ix_submission_events_submission",
        "submission_events",
        ["submission_id", "id"],
        unique=False,
    )
    op.create_table(
        "totp_factors",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_totp_factors_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totp_factors")),
    )
    op.create_index(
        op.f("ix_totp_factors_account_id"), "totp_factors", ["account_id"], unique=False
    )
    op.create_index(
        "uq_totp_factors_account",
        "totp_factors",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
    )
    for statement in (*AUDIT_DDL[_dialect()], *EVENTS_DDL[_dialect()]):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(
        "uq_totp_factors_account",
        table_name="totp_factors",
        sqlite_where=sa.text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_totp_factors_account_id"), table_name="totp_factors")
    op.drop_table("totp_factors")
    op.drop_index("ix_submission_events_submission", table_name="submission_events")
    op.drop_table("submission_events")
    op.drop_index("ix_submission_cases_case", table_name="submission_cases")
    op.drop_table("submission_cases")
    op.drop_index(op.f("ix_recovery_codes_account_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_index(op.f("ix_evidence_files_submission_id"), table_name="evidence_files")
    op.drop_index("ix_evidence_files_state", table_name="evidence_files")
    op.drop_index(op.f("ix_evidence_files_draft_id"), table_name="evidence_files")
    op.drop_index(op.f("ix_evidence_files_account_id"), table_name="evidence_files")
    op.drop_table("evidence_files")
    op.drop_table("throttles")
    op.drop_index(op.f("ix_submissions_participant_id"), table_name="submissions")
    op.drop_index("ix_submissions_open", table_name="submissions")
    op.drop_index("ix_submissions_account", table_name="submissions")
    op.drop_table("submissions")
    op.drop_index("ix_sessions_account", table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("safety_marks")
    op.drop_index("registrations_participant", table_name="registrations")
    op.drop_index(op.f("ix_registrations_email_lookup"), table_name="registrations")
    op.drop_index(op.f("ix_registrations_created_at"), table_name="registrations")
    op.drop_table("registrations")
    op.drop_table("pin_requests")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("loads")
    op.drop_index("links_owner", table_name="links")
    op.drop_table("links")
    op.drop_table("letter_requests")
    op.drop_index(op.f("ix_kept_work_account_id"), table_name="kept_work")
    op.drop_table("kept_work")
    op.drop_table("job_runs")
    op.drop_table("export_log")
    op.drop_index("uq_drafts_account_kind", table_name="drafts")
    op.drop_table("drafts")
    op.drop_table("current_record")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_at"), table_name="audit_events")
    op.drop_index("ix_audit_events_actor", table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_index(
        "uq_accounts_live_participant",
        table_name="accounts",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(
        "uq_accounts_live_email",
        table_name="accounts",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("accounts")
    for statement in (*AUDIT_DDL_DOWN[_dialect()], *EVENTS_DDL_DOWN[_dialect()]):
        op.execute(statement)


def _dialect() -> str:
    return op.get_bind().dialect.name
