"""The twin's application: SendGrid's endpoints, a small API to look inside, and pages to read the mails."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import Depends, FastAPI

from pakdee.twin.answers import answer_as_sendgrid, require_key
from pakdee.twin.api import commanding, looking_inside
from pakdee.twin.batches import Batches
from pakdee.twin.behaviour import Behaviour
from pakdee.twin.clock import Clock
from pakdee.twin.conduct import Conduct
from pakdee.twin.database import Database
from pakdee.twin.faults import Faults
from pakdee.twin.keys import load_signing_key
from pakdee.twin.mail_send import MailSend
from pakdee.twin.misbehaviour import Misbehaviour
from pakdee.twin.mishaps import Mishaps, dated
from pakdee.twin.pages import pages
from pakdee.twin.postman import Postman
from pakdee.twin.scheduling import scheduling
from pakdee.twin.store import Store
from pakdee.twin.suppressions import Suppressions, suppression_lists


def create_app(
    state: Path,
    *,
    webhook_url: str | None,
    signing_key: str,
    api_key: str,
    seed: int,
    behaviour: Behaviour | None = None,
    misbehaviour: Misbehaviour | None = None,
    clock: Clock = time.time,
) -> FastAPI:
    """A local SendGrid that keeps everything in the directory `state`.

    Serve it with `twin.server(app)`: other servers cannot reset connections.

    Args:
        webhook_url: where events are posted; None keeps them waiting.
        signing_key: an ECDSA P-256 private key, PEM text; its public half is what the webhook checks with.
        api_key: the only bearer token it takes.
        seed: chance of the mails' stories.
        behaviour, misbehaviour: what holds unless something else was set in this directory while it ran.
        clock: unix seconds; with a ScaledClock everything that waits follows it.

    Raises:
        SettingsError: the signing key is none, or the directory is another version's.
    """
    key = load_signing_key(signing_key)
    database = Database(state)
    conduct = Conduct(database, behaviour or Behaviour(), misbehaviour or Misbehaviour())
    store, batches, faults = Store(database), Batches(database), Faults()
    postman = Postman(store, batches, conduct, webhook_url=webhook_url, key=key, seed=seed, clock=clock)
    mishaps = Mishaps(conduct, clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        postman.start()
        yield
        await run_sync(postman.stop)
        database.close()

    app = FastAPI(title="SendGrid twin", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    mail_send = MailSend(store, batches, conduct, faults, api_key=api_key, clock=clock)
    app.add_api_route("/v3/mail/send", mail_send.answer, methods=["POST"])
    guarded = [Depends(require_key(api_key))]
    app.include_router(scheduling(batches, clock), dependencies=guarded)
    app.include_router(suppression_lists(Suppressions(database), clock), dependencies=guarded)
    app.include_router(looking_inside(store, batches))
    app.include_router(commanding(postman, faults, conduct, mishaps))
    app.include_router(pages(store, batches, clock))
    answer_as_sendgrid(app)
    app.add_middleware(mishaps.around)
    app.add_middleware(dated, clock=clock)
    return app
