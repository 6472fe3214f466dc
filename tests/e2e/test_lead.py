"""A support lead at work, without a developer: an article, a greeting, a colleague."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DemoServer, WidgetPage, shot, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

QUESTION = "ペット用のベッドの保証期間は何年ですか"
TEXT = "ペット用のベッドの保証期間は、お買い上げから**7年間**です。"


def test_an_unanswered_question_becomes_an_article_that_answers_at_once(
    agent: Page, customer: Page, demo: DemoServer
) -> None:
    sign_in(agent, demo, "#/knowledge")
    agent.get_by_test_id("write-article").click()
    agent.get_by_test_id("article-title").fill("ペット用のベッドの保証期間")
    agent.get_by_test_id("article-slug").fill("pet-bed-warranty")
    agent.get_by_test_id("article-text").fill(TEXT)
    agent.get_by_test_id("try-question").fill(QUESTION)
    agent.get_by_test_id("try-it").click()
    expect(agent.get_by_test_id("answer-after")).to_contain_text("7年間", timeout=60_000)
    expect(agent.get_by_test_id("answer-before")).not_to_contain_text("7年間")
    agent.get_by_test_id("check-draft").click()
    shot(agent, "lead-article")
    agent.get_by_test_id("publish").click(timeout=60_000)
    expect(agent.get_by_test_id("article-state")).to_have_text("公開中", timeout=60_000)
    customer.goto(demo.url)
    chat = WidgetPage(customer)
    chat.find("launcher").click()
    chat.say(QUESTION)
    expect(chat.said_by("assistant").last).to_contain_text("7年間")
    agent.get_by_test_id("withdraw").click()
    expect(agent.get_by_test_id("article-state")).to_have_text("公開終了")


def test_a_greeting_is_changed_seen_by_customers_and_reset(
    agent: Page, customer: Page, demo: DemoServer
) -> None:
    sign_in(agent, demo, "#/settings")
    greeting = "setting-sentence.ja.greeting"
    agent.get_by_test_id(greeting).fill("いらっしゃいませ。なんでもお尋ねください。")
    expect(agent.get_by_test_id("chat-preview-ja")).to_contain_text("いらっしゃいませ")
    agent.get_by_test_id("save-settings").click()
    expect(agent.get_by_test_id("save-bar")).to_have_count(0)
    shot(agent, "lead-settings")
    customer.goto(demo.url)
    chat = WidgetPage(customer)
    chat.find("launcher").click()
    expect(chat.find("greeting")).to_contain_text("いらっしゃいませ")
    agent.get_by_test_id("reset-sentence.ja.greeting").first.click()
    agent.get_by_test_id("save-settings").click()
    expect(agent.get_by_test_id("save-bar")).to_have_count(0)
    assert "いらっしゃいませ" not in agent.get_by_test_id(greeting).input_value()


def test_a_colleague_is_invited_and_disabled(agent: Page, english: Page, demo: DemoServer) -> None:
    sign_in(agent, demo, "#/people")
    agent.get_by_test_id("invite-name").fill("佐藤")
    agent.get_by_test_id("invite-email").fill("sato@komorebi.example")
    agent.get_by_test_id("invite-role").select_option("lead")
    agent.get_by_test_id("invite-send").click()
    link = agent.get_by_test_id("invite-link").input_value()
    english.goto(demo.url + link[link.index("/console") :])
    english.get_by_test_id("welcome-password").fill("a long password")
    english.get_by_test_id("welcome-enter").click()
    expect(english.get_by_test_id("agent-name")).to_have_text("佐藤")
    row = agent.locator('[data-email="sato@komorebi.example"]')
    row.get_by_test_id("disable").click()
    expect(row).to_contain_text("無効")
    shot(agent, "lead-people")
    english.reload()
    english.get_by_test_id("login").wait_for()


def _make_team(agent: Page) -> None:
    team = agent.get_by_test_id("new-team")
    team.get_by_test_id("team-name").fill("日本語")
    team.get_by_test_id("team-member").first.check()
    team.get_by_test_id("team-save").click()
    expect(agent.get_by_test_id("team-form").get_by_test_id("team-name")).to_have_value("日本語")
    worker = agent.get_by_test_id("worker").first
    worker.locator("summary").click()
    worker.get_by_test_id("work-skills").fill("返品、配送")
    worker.get_by_test_id("work-save").click()
    expect(worker).to_contain_text("返品")
    shot(agent, "lead-teams")


def _set_deadline(agent: Page) -> None:
    agent.get_by_test_id("nav-settings").click()
    agent.get_by_test_id("sla-add").click()
    rule = agent.get_by_test_id("sla-rule")
    rule.get_by_test_id("sla-first_reply").fill("131")
    rule.get_by_test_id("sla-always").check()
    rule.get_by_test_id("sla-team").select_option(label="日本語")
    agent.get_by_test_id("save-settings").click()
    expect(agent.get_by_test_id("save-bar")).to_have_count(0)
    rule.scroll_into_view_if_needed()
    shot(agent, "lead-deadlines")


def test_a_team_and_a_deadline_are_set_and_the_time_left_is_seen(
    agent: Page, customer: Page, demo: DemoServer
) -> None:
    sign_in(agent, demo, "#/people")
    _make_team(agent)
    _set_deadline(agent)
    attention = agent.get_by_test_id("attention")
    # Others may wait already: the service is shared by all stories.
    before = int(attention.inner_text()) if attention.count() else 0
    customer.goto(demo.url)
    chat = WidgetPage(customer)
    chat.find("launcher").click()
    chat.find("person").click()
    expect(attention).to_have_text(str(before + 1))
    agent.goto(f"{demo.url}/console#/")
    agent.get_by_test_id("filter").click()
    row = agent.get_by_test_id("inbox-row").filter(has_text="初回返信まであと2時間10分").first
    expect(row.get_by_test_id("deadline")).to_be_visible(timeout=15_000)
    row.click()
    expect(agent.get_by_test_id("thread").get_by_test_id("deadline")).to_contain_text("あと2時間10分")
    shot(agent, "desk-deadline")
    agent.get_by_test_id("filter-sla").select_option("breached")
    expect(agent.get_by_test_id("inbox-row")).to_have_count(0)
