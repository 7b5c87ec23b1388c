"""Commands that stay: the whole house, the tour, the web endpoints, the desk, the local SendGrid."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from pakdee.cli.options import Json, Project, house_of
from pakdee.cli.ports import require_port


def up(project: Project = None, json: Json = False) -> None:
    """Start Prefect, its worker, the desk, the endpoints and, in twin mode, the twin; Ctrl-C stops all."""
    from pakdee.cli import up as room

    raise typer.Exit(room.run(project, as_json=json))


def demo(
    dataset: Annotated[str | None, typer.Option("--from", help="online-retail, cdnow or starbucks.")] = None,
    path: Annotated[Path | None, typer.Argument(help="The file of that set.")] = None,
    directory: Annotated[Path, typer.Option("--in", help="Folder of the tour, made anew each time.")] = Path(
        "demo"
    ),
    json: Json = False,
) -> None:
    """Take the tour: a shop, one day of campaigns through Prefect and the twin, and the metrics."""
    from pakdee.cli import demo as room

    raise typer.Exit(room.run(directory, dataset, path, as_json=json))


def web(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8025,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    project: Project = None,
) -> None:
    """Serve the webhook, one-click unsubscribe and health endpoints."""
    from pakdee import web as room

    house = house_of(project)
    require_port("web", host, port)
    room.run(house, host=host, port=port)


def desk(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8045,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    name: Annotated[
        list[str] | None, typer.Option(help="A further host name for it, for example that of a proxy.")
    ] = None,
    project: Project = None,
) -> None:
    """Serve the marketers' pages, which ask nobody for a password: for this machine, or behind a login."""
    from pakdee import desk as room

    house = house_of(project)
    require_port("desk", host, port)
    room.run(house, host=host, port=port, names=name or ())


def twin(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8035,
    webhook: Annotated[str | None, typer.Option(help="Where events go; default: this project's web.")] = None,
    seed: Annotated[int, typer.Option(help="Decides who opens, clicks, bounces.")] = 1,
    misbehave: Annotated[
        str | None, typer.Option(help="A JSON file, or: none, slow, rough, dead-webhook. Kept until changed.")
    ] = None,
    scale: Annotated[
        float | None, typer.Option(help="Let time pass so many times as fast; kept until changed.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="What its clock shows now, e.g. 2026-11-23T09:00+07:00.")
    ] = None,
    project: Project = None,
) -> None:
    """Serve a local SendGrid that takes mails, shows them, and reports what became of them."""
    from pakdee import twin as room

    house = house_of(project)
    if scale is not None and scale <= 0:
        raise typer.BadParameter("time runs forward: more than 0", param_hint="--scale")
    require_port("twin", "127.0.0.1", port)
    keys = house.local_keys
    room.run(
        house.var / "twin",
        port=port,
        webhook_url=webhook or f"{house.web_url}/sendgrid/events",
        signing_key=keys.signing_key,
        api_key=keys.api_key,
        seed=seed,
        misbehaviour=None if misbehave is None else room.misbehaviour_named(misbehave),
        scale=scale,
        start=None if start is None else _instant(start, house.zone),
    )


def _instant(text: str, zone: dt.tzinfo) -> dt.datetime:
    """An ISO instant; without an offset it is meant in the shop's zone."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no instant", param_hint="--from") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


COMMANDS = {"up": up, "demo": demo, "web": web, "desk": desk, "twin": twin}
