"""What a program may send, over HTTP or MCP: forms of a request, and the sentence on one that is not of its form."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ipt_rag import settings
from ipt_rag.errors import RequestError
from ipt_rag.records import Filter

R = TypeVar("R", bound="RequestForm")

MAX_EARLIER = 100  # questions of one conversation; the latest few are read
MAX_RANKED = 50

Slug = Annotated[str, Field(max_length=200)]
Said = Annotated[str, Field(max_length=settings.QUESTION_CHARACTERS)]


class RequestForm(BaseModel):
    """What a program may send: these fields, of these types, and no others."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AskRequest(RequestForm):
    """A question on Interpersonal Psychotherapy, without patient details."""

    question: str = Field(
        description=f"A question on Interpersonal Psychotherapy, without patient details; up to "
        f"{settings.QUESTION_CHARACTERS:,} characters.",
    )
    articles: list[Slug] = Field(default=[], description="Slugs of the only articles to search; none for all.")
    tiers: list[Literal["T1", "T2", "T3"]] = Field(
        default=[], description="Only passages with a source of such a tier, T1 the strongest; none for all."
    )
    sourced_only: bool = Field(default=False, description="Only passages that carry a source number.")
    earlier: list[Said] = Field(
        default=[],
        max_length=MAX_EARLIER,
        description="The questions before it in the same conversation, oldest first, if it may be a follow-up.",
    )
    ranked: int = Field(
        default=0, ge=0, le=MAX_RANKED, description="How many of the best passages to add, whatever was decided."
    )

    @property
    def only(self) -> Filter:
        """Which passages may answer."""
        return Filter(tuple(self.articles), tuple(self.tiers), self.sourced_only)


class CheckRequest(RequestForm):
    """A sentence to look up in the articles."""

    quote: str = Field(description="The sentence, with its source numbers if it has any; without patient details.")


class ListRequest(RequestForm):
    """Nothing: a list is asked for without more."""


def read_request(form: type[R], sent: object) -> R:
    """Return a request as its form.

    Raises:
        RequestError: it is not of that form.
    """
    try:
        return form.model_validate(sent)
    except ValidationError as problem:
        raise RequestError(what_is_wrong(form, problem.errors(include_input=False)[0]["loc"])) from None


def what_is_wrong(form: type[RequestForm], where: Sequence[int | str]) -> str:
    """Return the sentence on a request whose part at `where` is not as its form says, in the form's own words only.

    A field that the form does not have is not named: its name is the sender's.

    >>> what_is_wrong(CheckRequest, ["quote"])
    'The field quote is missing or not as it should be. The request is an object with quote (required).'
    """
    known = where and where[0] in form.model_fields
    problem = f"The field {where[0]} is missing or not as it should be." if known else "The request was not understood."
    fields = ", ".join(
        f"{name} ({'required' if field.is_required() else 'optional'})" for name, field in form.model_fields.items()
    )
    return f"{problem} The request is an object with {fields or 'no field'}."


def schema_of(record: type) -> dict[str, Any]:
    """Return the JSON Schema of a record as `to_json` writes it, or of a request."""
    return TypeAdapter(record).json_schema(mode="serialization")
