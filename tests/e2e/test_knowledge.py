"""The knowledge page, as a support lead opens it on a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DemoServer, shot

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


def signed_in(page: Page, demo: DemoServer) -> None:
    page.goto(f"{demo.url}/console#/knowledge")
    page.get_by_test_id("login-email").fill(demo.email)
    page.get_by_test_id("login-password").fill(demo.password)
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("article").first.wait_for()


def test_leads_see_where_articles_come_from_and_find_one(agent: Page, demo: DemoServer) -> None:
    signed_in(agent, demo)
    # One folder; articles of the console are there too, once a story before on this server has written one.
    sources = agent.get_by_test_id("source")
    folders = sources.filter(has_not_text="コンソールで書いた記事")
    expect(folders).to_have_count(1)
    expect(folders).to_contain_text("knowledge_base")
    agent.get_by_test_id("search-articles").fill("return-deadline")
    expect(agent.get_by_test_id("article")).to_have_count(2)
    shot(agent, "knowledge")


def test_it_fits_a_phone(phone: Page, demo: DemoServer) -> None:
    signed_in(phone, demo)
    shot(phone, "knowledge-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert phone.get_by_test_id("nav-knowledge").bounding_box()["height"] < 60  # type: ignore[index]


def test_a_lead_keeps_words_that_mean_the_same(agent: Page, demo: DemoServer) -> None:
    signed_in(agent, demo)
    written = agent.get_by_test_id("synonyms")
    expect(written).to_be_enabled()
    before = written.input_value()
    written.fill("スキップ、お休み\nskip, pause")
    agent.get_by_test_id("save-synonyms").click()
    expect(agent.get_by_test_id("save-synonyms")).to_be_disabled()
    agent.reload()
    expect(agent.get_by_test_id("synonyms")).to_have_value("スキップ、お休み\nskip、pause")
    agent.get_by_test_id("synonyms").fill(before)
    agent.get_by_test_id("save-synonyms").click()
    expect(agent.get_by_test_id("save-synonyms")).to_be_disabled()
