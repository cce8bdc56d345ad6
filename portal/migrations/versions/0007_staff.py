"""The agency's side: members of the staff and what they write; letters of the portal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.database
from portal.notices.letter_models import LETTERS, READS

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("saved_by", sa.String(length=32), nullable=False),
        sa.Column("saved_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_drafts")),
    )
    op.create_table(
        "email_corrections",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("proof", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=32), nullable=True),
        sa.Column("approved_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("due_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("done_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_email_corrections_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_corrections")),
    )
    op.create_index(
        op.f("ix_email_corrections_account_id"), "email_corrections", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_email_corrections_due_at"), "email_corrections", ["due_at"], unique=False
    )
    op.create_table(
        "factor_removals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("approved_by", sa.String(length=32), nullable=False),
        sa.Column("approved_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("due_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("done_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_factor_removals_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_removals")),
    )
    op.create_index(
        op.f("ix_factor_removals_account_id"), "factor_removals", ["account_id"], unique=False
    )
    op.create_index(op.f("ix_factor_removals_due_at"), "factor_removals", ["due_at"], unique=False)
    op.create_table(
        "portal_letters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("submission_id", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("respond_by", sa.Date(), nullable=True),
        sa.Column("written_by", sa.String(length=32), nullable=False),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_letters")),
    )
    op.create_index(
        "ix_portal_letters_participant", "portal_letters", ["participant_id", "at"], unique=False
    )
    op.create_index(
        "ix_portal_letters_submission", "portal_letters", ["submission_id"], unique=False
    )
    op.create_table(
        "record_openings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_openings")),
    )
    op.create_index(
        "ix_record_openings_account", "record_openings", ["account_id", "at"], unique=False
    )
    op.create_index(
        "ix_record_openings_participant", "record_openings", ["participant_id", "at"], unique=False
    )
    op.create_table(
        "staff_invitations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_lookup", sa.String(length=100), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("invited_by", sa.String(length=32), nullable=False),
        sa.Column("invited_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=32), nullable=True),
        sa.Column("approved_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("expires_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("accepted_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitations")),
    )
    op.create_index(
        op.f("ix_staff_invitations_email_lookup"),
        "staff_invitations",
        ["email_lookup"],
        unique=False,
    )
    op.create_table(
        "two_person_requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("expires_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_person_requests")),
    )
    op.create_index(
        "ix_two_person_requests_open",
        "two_person_requests",
        ["decided_at", "asked_at"],
        unique=False,
    )
    op.create_table(
        "letter_reads",
        sa.Column("letter_id", sa.String(length=32), nullable=False),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["portal_letters.id"],
            name=op.f("fk_letter_reads_letter_id_portal_letters"),
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_reads")),
    )
    op.create_table(
        "protected_location_grants",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=32), nullable=True),
        sa.Column("granted_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("expires_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("refused_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_protected_location_grants_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_location_grants")),
    )
    op.create_index(
        op.f("ix_protected_location_grants_submission_id"),
        "protected_location_grants",
        ["submission_id"],
        unique=False,
    )
    op.create_table(
        "staff_members",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("added_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_staff_members_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_staff_members")),
    )
    op.create_table(
        "staff_notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_staff_notes_submission_id_submissions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notes")),
    )
    op.create_index(
        op.f("ix_staff_notes_submission_id"), "staff_notes", ["submission_id"], unique=False
    )
    op.create_table(
        "staff_parties",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("declared_by", sa.String(length=32), nullable=False),
        sa.Column("declared_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_staff_parties_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "participant_id", name=op.f("pk_staff_parties")),
    )
    op.create_table(
        "staff_roles",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("granted_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("approved_by", sa.String(length=32), nullable=False),
        sa.Column("ended_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_staff_roles_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_roles")),
    )
    op.create_index(
        "uq_staff_roles_live",
        "staff_roles",
        ["account_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("submissions", sa.Column("owner_id", sa.String(length=32), nullable=True))
    op.add_column(
        "submissions", sa.Column("version", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "submissions",
        sa.Column("escalated_at", portal.database.UtcTime(timezone=True), nullable=True),
    )
    op.add_column("submissions", sa.Column("asked_until", sa.Date(), nullable=True))
    op.create_index(op.f("ix_submissions_owner_id"), "submissions", ["owner_id"], unique=False)
    op.create_index("ix_submissions_due", "submissions", ["state", "due_on"], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in (*LETTERS.up[dialect], *READS.up[dialect]):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_submissions_due", table_name="submissions")
    op.drop_index(op.f("ix_submissions_owner_id"), table_name="submissions")
    op.drop_column("submissions", "asked_until")
    op.drop_column("submissions", "escalated_at")
    op.drop_column("submissions", "version")
    op.drop_column("submissions", "owner_id")
    op.drop_index(
        "uq_staff_roles_live",
        table_name="staff_roles",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("staff_roles")
    op.drop_table("staff_parties")
    op.drop_index(op.f("ix_staff_notes_submission_id"), table_name="staff_notes")
    op.drop_table("staff_notes")
    op.drop_table("staff_members")
    op.drop_index(
        op.f("ix_protected_location_grants_submission_id"), table_name="protected_location_grants"
    )
    op.drop_table("protected_location_grants")
    op.drop_table("letter_reads")
    op.drop_index("ix_two_person_requests_open", table_name="two_person_requests")
    op.drop_table("two_person_requests")
    op.drop_index(op.f("ix_staff_invitations_email_lookup"), table_name="staff_invitations")
    op.drop_table("staff_invitations")
    op.drop_index("ix_record_openings_participant", table_name="record_openings")
    op.drop_index("ix_record_openings_account", table_name="record_openings")
    op.drop_table("record_openings")
    op.drop_index("ix_portal_letters_submission", table_name="portal_letters")
    op.drop_index("ix_portal_letters_participant", table_name="portal_letters")
    op.drop_table("portal_letters")
    op.drop_index(op.f("ix_factor_removals_due_at"), table_name="factor_removals")
    op.drop_index(op.f("ix_factor_removals_account_id"), table_name="factor_removals")
    op.drop_table("factor_removals")
    op.drop_index(op.f("ix_email_corrections_due_at"), table_name="email_corrections")
    op.drop_index(op.f("ix_email_corrections_account_id"), table_name="email_corrections")
    op.drop_table("email_corrections")
    op.drop_table("decision_drafts")
    dialect = op.get_bind().dialect.name
    for statement in (*LETTERS.down[dialect], *READS.down[dialect]):
        op.execute(statement)
