"""JSON of the knowledge base as support leads see it: articles, sources, problems, contradictions."""

from collections.abc import Mapping
from urllib.parse import quote

from assistant.api.context import ApiContext
from assistant.api.knowledge_responses import (
    ContradictionOut,
    ContradictionSideOut,
    DismissalOut,
    ListedArticleFields,
    SourceFields,
    SourceProblemOut,
)
from assistant.api.schemas import format_timestamp
from assistant.api.source_labels import SourceLabels
from assistant.domain.article_lifecycle import (
    Contradiction,
    ContradictionSide,
    Dismissal,
    KnowledgeSource,
    SourceProblem,
)
from assistant.domain.article_listing import ArticleListing


def build_article_url(article: str, url: str | None, ctx: ApiContext) -> str:
    return url or f"{ctx.public_url.rstrip('/')}/help/{quote(article)}"


def serialize_article(
    article: ArticleListing,
    sources: Mapping[str, KnowledgeSource],
    problems: Mapping[str, SourceProblem],
    ctx: ApiContext,
    places: SourceLabels,
) -> ListedArticleFields:
    origin, problem = article.origin, article.find_problem(problems)
    source = sources.get(origin.source) if origin else None
    return {
        "id": article.id,
        "title": article.title,
        "language": article.language,
        "url": build_article_url(article.id, article.url, ctx),
        "updated": article.updated,
        "valid_from": article.valid_from,
        "valid_until": article.valid_until,
        "replaced_by": article.replaced_by,
        "source": places.label_source(origin.source) if origin else None,
        "location": places.label_location(origin.location, origin.source) if origin else None,
        "read_at": format_timestamp(source.read_at) if source else None,
        "trouble": serialize_optional_problem(problem, places),
    }


def serialize_problem(problem: SourceProblem, places: SourceLabels) -> SourceProblemOut:
    return {
        "place": places.label_location(problem.place, problem.source),
        "source": places.label_source(problem.source),
        "why": problem.why.replace(problem.source, places.label_source(problem.source)),
        "since": format_timestamp(problem.since),
        "harmless": problem.harmless,
        "vanished": problem.is_vanished,
    }


def serialize_optional_problem(
    problem: SourceProblem | None, places: SourceLabels
) -> SourceProblemOut | None:
    return serialize_problem(problem, places) if problem else None


def serialize_source(source: KnowledgeSource, ctx: ApiContext, places: SourceLabels) -> SourceFields:
    every = ctx.resync if source.is_web_source and not source.wanted else None
    return {
        "source": places.label_source(source.source),
        "web": source.is_web_source,
        "prune": source.prune,
        "read_at": format_timestamp(source.read_at),
        "looked_at": format_timestamp(source.looked_at),
        "failures": source.failures,
        "next_at": format_timestamp(source.due_at(every)) if every else None,
        "reading": source.wanted or source.lease is not None,
    }


def serialize_contradiction(found: Contradiction, ctx: ApiContext) -> ContradictionOut:
    def serialize_side(which: ContradictionSide) -> ContradictionSideOut:
        return {
            "article": which.article,
            "text": which.text,
            "title": which.title,
            "url": build_article_url(which.article, which.url, ctx),
            "language": which.language,
            "updated": which.updated,
        }

    newer = found.newer_side
    return {
        "id": found.id,
        "measure": found.measure,
        "found_at": format_timestamp(found.found_at),
        "one": serialize_side(found.one),
        "other": serialize_side(found.other),
        #: The side that customers get; None: both, with the offer of a person.
        "newer": None if newer is None else ("one" if newer is found.one else "other"),
    }


def serialize_dismissal(found: Dismissal, ctx: ApiContext, names: Mapping[str, str]) -> DismissalOut:
    return {
        **serialize_contradiction(found.contradiction, ctx),
        "by": names.get(found.by, found.by),
        "at": format_timestamp(found.at),
        "reason": found.why,
    }
