"""Clauses about where a document stands and who may read it: negated ones, past ones, future ones."""

import pytest

from assistant.knowledge.loaders.markdown import load_markdown

WITHHELD = """
status: archived, previously published
status: archived (was public)
status: Previously published; now archived
status: published, internal
status: live - staff only
status: previously published
status: no longer published
status: not approved
status: not yet reviewed
status: to be published
status: draft of the new terms
status: draft v2
status: archived since May
status: pending legal sign-off
visibility: not public
visibility: public (employees)
visibility: for internal use only
visibility: everyone in the company, staff
audience: customer support
audience: all employees
audience: support agents
audience: not customers, staff
audience: restricted to employees
状態: 以前は公開
状態: 公開していません
状態: 公開予定
状態: 廃止（旧公開）
状態: 公開停止中
公開範囲: 社内限定
公開範囲: お客様以外
対象者: お客様には非公開
対象者: お客様は閲覧できません
公開範囲: 社内に公開
published: not yet
published: no.
published: staff only
stage: work-in-progress
status: scheduled for May
status: un-published
visibility: hotel staff
status: draft, not only for staff
"""
SHOWN = """
status: not deprecated
status: published, not archived
status: not archived
status: active (not deprecated)
status: published, previously draft
status: formerly internal, now public
status: no longer draft
status: never archived
status: to be archived
status: scheduled for deletion
status: will be deprecated in 2027
status: Reviewed by staff
status: approved by internal team
status: published
audience: not only staff
audience: everyone (staff and customers)
audience: customers (not staff)
audience: restricted to customers
visibility: public, internal
visibility: not internal
状態: 廃止ではない
状態: 廃止されていません
状態: 公開（非公開ではない）
状態: 公開中（旧下書き）
状態: 廃止予定
状態: アーカイブしない
公開範囲: 社員だけでなくお客様も
公開範囲: 社内・お客様
対象者: 社員以外
対象者: 全員（社内外）
公開: 公開済み
状態: 承認済み
stage: review completed
audience: [staff, customers]
"""


def is_shown(field: str) -> bool:
    [document] = load_markdown(f"---\ntitle: A\n{field}\n---\nText\n".encode())
    assert document.text == ("" if document.withheld else "Text")
    return not document.withheld


@pytest.mark.parametrize("field", WITHHELD.strip().splitlines())
def test_a_clause_that_closes_a_document_withholds_it_whatever_else_is_said(field: str) -> None:
    assert not is_shown(field)


@pytest.mark.parametrize("field", SHOWN.strip().splitlines())
def test_words_of_another_time_or_denied_ones_withhold_nothing(field: str) -> None:
    assert is_shown(field)
