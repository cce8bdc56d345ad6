"""``portal staff``: invite, disable, list."""

from __future__ import annotations

from datetime import datetime

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from portal.accounts.contact import BadAddress
from portal.command_edge import command_context
from portal.security.permissions import StaffRole
from portal.staff import invite, members
from portal.staff.disable import disable as disable_account
from portal.staff.grants import LastSupervisor
from portal.staff.invite import CannotInvite, NotFounding, Wanted

BY_COMMAND = "Invited by command on the portal's machine."
LONGEST_NAME = 120


@click.group()
def staff() -> None:
    """Who works for the agency in the portal."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know the person.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in StaffRole]),
    help="May be given more than once.",
)
@click.option("--founding", is_flag=True, help="One of the first two supervisors: no approval.")
def add(email: str, name: str, roles: tuple[str, ...], founding: bool) -> None:
    """Invite somebody by mail; a supervisor has to approve it in the portal first.

    Example: portal staff add kim@agency.example --name "Kim Doe" --role supervisor --founding
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise click.ClickException(f"A name has 1 to {LONGEST_NAME} characters.")
    if founding and set(roles) != {StaffRole.SUPERVISOR.value}:
        raise click.ClickException("--founding makes supervisors: use it with --role supervisor.")
    wanted = Wanted(name, email, tuple(StaffRole(role) for role in roles))
    with command_context() as context, context.database.transaction() as session:
        try:
            if founding:
                made = invite.invite_founder(session, context, wanted, context.now())
            else:
                made = invite.invite(session, context, None, wanted, BY_COMMAND, context.now())
        except BadAddress as error:
            raise click.ClickException(f"Not an e-mail address: {email}") from error
        except CannotInvite as error:
            raise click.ClickException("This address cannot be invited.") from error
        except NotFounding as error:
            raise click.ClickException(
                "There were two founding supervisors: leave --founding out, and let one approve."
            ) from error
        until = f"{made.expires_at:%Y-%m-%d %H:%M} UTC"
    if founding:
        click.echo(f"The invitation goes out by mail now. Its link works until {until}.")
    else:
        click.echo(f"A supervisor has to approve it in the portal by {until}; then the mail goes.")


@staff.command()
@click.argument("email")
@click.option("--force", is_flag=True, help="Also the last supervisor.")
def disable(email: str, force: bool) -> None:
    """Keep somebody out from now on; every session of theirs ends at once.

    Example: portal staff disable kim@agency.example
    """
    with command_context() as context, context.database.transaction() as session:
        try:
            account, member = members.find_by_address(session, context, email)
        except LookupError as error:
            raise click.ClickException(f"Nobody of the staff has the address {email}.") from error
        try:
            ended = disable_account(session, account, None, context.now(), even_the_last=force)
        except LastSupervisor as error:
            raise click.ClickException(
                "This is the last supervisor: nobody could approve anything. Use --force."
            ) from error
        except LookupError as error:
            raise click.ClickException(f"{member.name} is disabled already.") from error
    click.echo(f"{member.name} is disabled. Sessions ended: {ended}.")


@staff.command("list")
def list_() -> None:
    """Show who is on the staff, with roles, and who is invited.

    Example: portal staff list
    """
    with command_context() as context, context.database.session() as session:
        now = context.now()
        found = members.members(session, context)
        invited = [
            (it.name, invite.email_of(context, it), ", ".join(it.roles), invite.state(it, now))
            for it in invite.invitations(session)
        ]
    rows = [(it.name, it.email, ", ".join(role.value for role, _ in it.roles),
             "disabled" if it.disabled_at else f"last signed in {_day(it.last_signed_in_at)}")
            for it in found]  # fmt: skip
    rows += [
        (name, email, roles, f"invited ({state.value})")
        for name, email, roles, state in invited
        if state in (invite.State.WAITING, invite.State.SENT)
    ]
    if not rows:
        click.echo("Nobody yet. Begin with portal staff add … --role supervisor --founding.")
        return
    _print(rows)


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d}"


def _print(rows: list[tuple[str, str, str, str]]) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = 160
    table = Table(box=None)
    for heading in ("Name", "E-mail", "Roles", "State"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
