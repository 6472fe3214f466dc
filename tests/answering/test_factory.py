"""How answerer, rewriting, vote and summary are put together."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from assistant.app.knowledge_base import KnowledgeBase
from assistant.app.settings import load_settings
from assistant.app.wiring import build_turn_dependencies
from assistant.models import factory
from assistant.models.factory import ChatModels
from assistant.models.scripted import ScriptedModel


def test_one_model_is_opened_for_all_that_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    model, opened = ScriptedModel("ok"), list[str]()

    def open_chat_models(spec: str, **_: Any) -> ChatModels:
        opened.append(spec)
        return ChatModels(answer=model, rewrite=model, vote=model, summary=model)

    monkeypatch.setattr(factory, "open_chat_models", open_chat_models)
    embedder = SimpleNamespace(name="none")
    parts = SimpleNamespace(
        embedder=embedder, retriever=None, compute_meaning=None, examples=None, database=None, words=None
    )
    mind: Any = build_turn_dependencies(
        load_settings().model_copy(update={"chat_model": "openai:fake"}), cast("KnowledgeBase", parts)
    )
    assert opened == ["openai:fake"]
    users = (mind.answerer, mind.rewrite, mind.classify_turn, mind.summarise)
    assert all(each._model is model for each in users)
