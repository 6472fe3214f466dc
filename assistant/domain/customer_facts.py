"""What the customer's own words give away; nothing of it is verified."""

from dataclasses import dataclass

from assistant.domain.signals import Signals

#: Between the words in which a matter was first told and what was added later.
EXCERPT_SEPARATOR = " … "


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFacts:
    """What the customer's own words give away; nothing of it is verified."""

    #: What they want, in their words.
    ask: str | None = None
    topic: str | None = None
    #: Order numbers, dates, amounts, products, e-mail addresses, phone numbers.
    claimed: tuple[str, ...] = ()
    #: What an agent will need and nobody has said yet.
    missing: tuple[str, ...] = ()
    #: What a matter of this topic takes at all; empty: nobody can say.
    needs: tuple[str, ...] = ()
    #: ``harm`` where their words speak of it; what nobody has read yet must not wait like the rest.
    sensitive: str | None = None
    #: What was promised to the customer, each with who says so: ``agent: …``, ``customer says: …``.
    promises: tuple[str, ...] = ()
    #: Their last words take what they got: nothing is open.
    is_settled: bool = False
    #: Their last question to which no answer was taken, and what they said of whom they want and when.
    question: str | None = None
    wish: str | None = None
    #: Their last words speak of ending their life or hurting themselves.
    is_self_harm: bool = False

    @property
    def signals(self) -> Signals:
        """What their words alone tell, where nobody has read the turn."""
        return Signals(sensitive=self.sensitive, distress=float(self.is_self_harm))
