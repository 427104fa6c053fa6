"""The recall page: a form with the three ways to ask, and every affected unit."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server.api.exchange import central_of, in_thread
from server.api.recall_call import fields_of, question_of
from server.pages.render import page
from server.pages.sign_in import guarded
from server.recall import recall as ask
from tracking.recall import Recall, RecallError, Wanted

SHOWN_MAX = 2000
"""Rows of the table; the counts are of all."""


@guarded
async def recall(request: Request) -> Response:
    """``/recall``: the empty form, or with fields the answer."""
    central = central_of(request)
    fields = fields_of(request)
    question: Wanted | None = None
    wrong = ""
    if any(fields.values()):
        try:
            question = question_of(fields)
        except RecallError as error:
            wrong = str(error)

    def work() -> Recall | None:
        if question is None:
            return None
        with central.storage.read() as reader:
            return ask(reader, question)

    found = await in_thread(work)
    return page(
        request,
        "recall.html",
        fields=fields,
        asked=str(question) if question else "",
        wrong=wrong,
        found=found,
        shown_max=SHOWN_MAX,
    )
