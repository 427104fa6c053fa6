"""A question for the office: what a recalled lot, component or range of serial numbers is in today."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server.api.exchange import Refusal, central_of, in_thread, packed
from server.recall import recall
from tracking.printable import printable
from tracking.recall import Recall, RecallError, Wanted, wanted
from tracking.site import NAME_CHARS_MAX

FIELDS = ("lot", "supplier", "component", "item", "from", "to")
"""What the question is made of, in an address."""


def fields_of(request: Request) -> dict[str, str]:
    """The fields that were given, without blanks around them; empty where not."""
    given = request.query_params
    return {name: given.get(name, "").strip()[: 2 * NAME_CHARS_MAX + 1] for name in FIELDS}


SENTENCE_CELLS_MAX = 500
"""Of what is told of a question: whole, unless somebody asked for a name of extraordinary length."""


def question_of(fields: dict[str, str]) -> Wanted:
    """The question that the fields make. Raises :class:`tracking.recall.RecallError`."""
    given = {{"from": "first", "to": "last"}.get(name, name): value for name, value in fields.items()}
    return wanted(**given)


async def ask(request: Request) -> Response:
    """``GET /v1/recall?lot=&supplier=&component=&item=&from=&to=``."""

    def work() -> Recall:
        try:
            question = question_of(fields_of(request))
        except RecallError as error:
            raise Refusal(400, "malformed", printable(str(error), SENTENCE_CELLS_MAX)) from error
        with central_of(request).storage.read() as reader:
            found = recall(reader, question)
        if found is None:
            raise Refusal(404, "unknown", f"no {printable(str(question), SENTENCE_CELLS_MAX)} is known")
        return found

    return packed(request, await in_thread(work))
