"""What customers were unhappy with is mended, they are told and asked again; by a lead in the console."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.sync_api import APIRequestContext, Locator, Page, expect

from tests.e2e.conftest import DemoServer, shot, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

DAY_MICROSECONDS = 24 * 3600 * 1_000_000


@dataclass
class HttpCustomer:
    """A customer without a screen."""

    request: APIRequestContext
    url: str
    id: str
    headers: dict[str, str]

    def post(self, path: str, **body: object) -> None:
        assert self.request.post(f"{self.url}/{path}", headers=self.headers, data=body).ok

    def say(self, text: str) -> None:
        self.post("messages", id=str(uuid4()), text=text)

    def load(self) -> dict[str, object]:
        found: dict[str, object] = self.request.get(self.url, headers=self.headers).json()
        return found


def open_customer(page: Page, demo: DemoServer) -> HttpCustomer:
    api = f"{demo.url}/v1/conversations"
    talk = page.request.post(api, data={"locale": "ja"}).json()
    headers = {"Authorization": f"Bearer {talk['token']}"}
    return HttpCustomer(page.request, f"{api}/{talk['id']}", talk["id"], headers)


def run_sql(demo: DemoServer, statement: str, *values: object) -> None:
    """Lets time pass in the service's database."""
    with closing(sqlite3.connect(demo.data / "yorisoi.db", timeout=20)) as database, database:
        database.execute(statement, values)


def wait_until(page: Page, check: Callable[[], bool]) -> None:
    """Until the worker has done it."""
    for _ in range(60):
        if check():
            return
        page.wait_for_timeout(500)
    raise AssertionError("not done in 30 seconds")


def test_a_low_score_is_mended_told_and_asked_about_again(agent: Page, demo: DemoServer) -> None:
    customer = open_customer(agent, demo)
    customer.say("未開封の商品の返品期限は何日ですか")
    customer.post("close", helped=False)
    customer.post("feedback", kind="csat", value=1)
    sign_in(agent, demo, "#/insight")
    _wait_for_case(agent, demo, customer, "open")
    agent.reload()
    case = agent.get_by_test_id("case").filter(has=agent.locator(f'a[href*="{customer.id}"]'))
    _mend_case(case)
    title = f"返品の案内を分かりやすく {customer.id[:6]}"
    _improve(agent, title)
    agent.goto(f"{demo.url}/console#/insight")
    case.get_by_test_id("step-tell").click()
    case.get_by_test_id("case-text").fill("ご案内の記事を直しました。")
    case.get_by_role("button", name="お客様に伝える").click()
    expect(case).to_contain_text("お伝え済み")
    assert customer.load()["messages"][-1]["text"] == "ご案内の記事を直しました。"  # type: ignore[index]
    run_sql(demo, "UPDATE surveys SET asked_at = asked_at - ?", 2 * DAY_MICROSECONDS)
    case.get_by_test_id("step-ask_again").click()
    expect(case).to_contain_text("再アンケート中")
    assert customer.load()["survey"]["kind"] == "csat"  # type: ignore[index]
    customer.post("feedback", kind="csat", value=5)
    _wait_for_case(agent, demo, customer, "recovered")
    agent.get_by_test_id("case-state").select_option("recovered")
    expect(case).to_contain_text("回復")
    expect(case).to_contain_text("記事を直した")
    agent.get_by_test_id("outcome-abandoned").click()
    expect(agent.get_by_test_id("behind").get_by_role("link")).not_to_have_count(0)
    agent.get_by_test_id("as-table").click()
    expect(agent.get_by_role("table").first).to_be_visible()
    shot(agent, "lead-insight")
    _finish_improvement(agent, title)


def _wait_for_case(agent: Page, demo: DemoServer, customer: HttpCustomer, state: str) -> None:
    url = f"{demo.url}/v1/agent/insight/cases?state={state}"
    wait_until(agent, lambda: customer.id in agent.request.get(url).text())


def _mend_case(case: Locator) -> None:
    case.get_by_test_id("step-contact").click()
    case.get_by_test_id("step-resolve").click()
    case.get_by_test_id("case-root_cause").fill("案内が分かりにくかった")
    case.get_by_test_id("case-remedy").fill("記事を直した")
    case.get_by_role("button", name="対処した").click()
    expect(case).to_contain_text("対処済み")


def _improve(agent: Page, title: str) -> None:
    """Group the case into an improvement, and write what its customers will be told."""
    agent.get_by_test_id("nav-improvements").click()
    agent.get_by_test_id("plan").click()
    agent.get_by_test_id("improvement-title").fill(title)
    agent.get_by_test_id("pick-case").last.check()
    agent.get_by_test_id("improvement-plan").click()
    made = agent.get_by_test_id("improvement").filter(has_text=title)
    made.get_by_test_id("improvement-edit").click()
    made.get_by_test_id("improvement-action").fill("記事の最初に期限を書く")
    made.get_by_test_id("improvement-due").fill("2030-01-31")
    made.get_by_test_id("improvement-text-ja").fill("返品のご案内を分かりやすくしました。")
    made.get_by_test_id("improvement-save").click()
    expect(made).to_contain_text("記事の最初に期限を書く")
    made.get_by_test_id("improvement-details").click()
    expect(made).to_contain_text("対処済み")
    shot(agent, "lead-improvements")


def _finish_improvement(agent: Page, title: str) -> None:
    agent.get_by_test_id("nav-improvements").click()
    made = agent.get_by_test_id("improvement").filter(has_text=title)
    agent.on("dialog", lambda dialog: dialog.accept())
    made.get_by_test_id("improvement-finish").click()
    expect(made.get_by_test_id("improvement-finish")).to_have_count(0)
    made.get_by_test_id("improvement-details").click()
    # By day the worker tells them within seconds, at night in the morning.
    expect(made.get_by_test_id("notices")).to_contain_text("お客様 1名")
    expect(made).to_contain_text("14日後から")


def test_a_webhook_is_added_tried_and_switched_off(phone: Page, demo: DemoServer) -> None:
    sign_in(phone, demo, "#/settings")
    phone.get_by_test_id("webhook-url").fill(f"{demo.url}/no-such-page")
    phone.get_by_test_id("webhooks").get_by_test_id("event-case.opened").first.check()
    phone.get_by_test_id("webhook-add").click()
    hook = phone.get_by_test_id("webhook").last
    expect(hook.get_by_test_id("webhook-secret")).to_have_value(re.compile("^whsec_"))
    hook.get_by_test_id("webhook-test").click()
    expect(hook.get_by_test_id("deliveries")).to_contain_text("テスト")
    expect(hook.get_by_test_id("deliveries")).to_contain_text("answered 40", timeout=15_000)
    shot(phone, "lead-webhooks-phone")
    hook.get_by_test_id("webhook-switch").click()
    expect(hook).to_contain_text("停止中")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.reload()
    expect(hook.get_by_test_id("webhook-secret")).to_have_count(0)


ASKED = "店内でペットのうさぎの毛を刈ってもらえますか"
TITLE = "うさぎの毛刈り"
ARTICLE = "うさぎの毛刈りは、土曜日の午前に店内で承ります。料金は1,800円です。"
OTHERS = (
    "返品の期限は何日ですか", "送料はいくらですか", "領収書をください", "支払い方法を教えてください",
    "会員登録は必要ですか", "配送日を変えたい", "ポイントの期限は", "パスワードを忘れました",
    "ギフト包装はできますか", "海外に送れますか", "サイズ交換の方法は", "在庫はいつ入りますか",
    "メールが届きません", "退会の手順は", "営業時間は何時までですか",
    "修理はできますか", "保証書をなくしました", "のし紙は付けられますか",
)  # fmt: skip


def test_what_nobody_answers_becomes_an_article_with_proof(agent: Page, demo: DemoServer) -> None:
    for question in (*[ASKED] * 5, *OTHERS):
        open_customer(agent, demo).say(question)
    sign_in(agent, demo, "#/insight")
    gap = _wait_for_gap(agent, demo)
    agent.reload()
    agent.get_by_test_id(f"gap-{gap}").click()
    card = agent.get_by_test_id(f"gap-{gap}").locator("xpath=ancestor::li")
    expect(card.get_by_role("link", name=ASKED).nth(4)).to_be_visible()
    card.get_by_label("記事の題名").fill(TITLE)
    card.get_by_label("本文").fill(ARTICLE)
    card.get_by_role("button", name="検証する").click()
    expect(card.get_by_test_id("proof")).to_contain_text(re.compile(r"(\d+)件中\1件"), timeout=90_000)
    shot(agent, "lead-gap-proof")
    card.get_by_role("button", name="公開する").click()
    expect(card).to_contain_text("効果を測定中", timeout=60_000)
    customer = open_customer(agent, demo)
    customer.say(ASKED)
    wait_until(agent, lambda: "1,800円" in customer.load()["messages"][-1]["text"])  # type: ignore[index]


def _wait_for_gap(agent: Page, demo: DemoServer) -> str:
    """The worker gathers gaps every half hour, and themes every day: here again at once."""
    for _ in range(40):
        run_sql(demo, "DELETE FROM theme_runs WHERE kind IN ('gaps', 'discovery')")
        agent.wait_for_timeout(3_000)
        insight = f"{demo.url}/v1/agent/insight"
        gaps = agent.request.get(f"{insight}/gaps").json()["gaps"]
        themes = agent.request.get(f"{insight}/themes").json()["themes"]
        asked = [gap["id"] for gap in gaps if gap["questions"] >= 5]
        if asked and any(ASKED in theme["name"] for theme in themes):
            return str(asked[0])
    raise AssertionError(f"no gap and theme: {gaps} {themes}")
