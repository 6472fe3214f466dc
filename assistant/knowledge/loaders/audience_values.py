"""Values of fields that state publication status and audience: data for audience.py.

In lower case, after NFKC, with spaces for underscores and hyphens.
"""

import re


def _split_values(text: str) -> frozenset[str]:
    return frozenset(value.strip() for value in re.split(r"[,\n]", text) if value.strip())


#: Status that withholds a document, whoever else is named beside it.
CLOSED_STATUS = _split_values("""
    draft, drafts, drafted, wip, work in progress, in progress, in review, review, under review, needs review
    for review, ready for review, unreviewed, unapproved, pending, awaiting, to do, todo, planned, scheduled
    unpublished, unlisted, hidden, archived, archive, retired, deprecated, obsolete, deleted, trash, trashed
    rejected, disabled, inactive, on hold, withdrawn, superseded, outdated, not final
    下書き, 下書, 草稿, ドラフト, 作成中, 作業中, 編集中, 執筆中, 準備中, 確認中, 確認待ち, 確認待
    レビュー, レビュー中, レビュー待ち, 校正, 校正中, 校正待ち, 承認待ち, 承認待, 承認前, 未承認
    差し戻し, 差戻し, 差戻
    却下, 非公開, 未公開, 限定公開, 公開前, 公開待ち, 公開待, 公開停止, 公開終了, 公開不可, 取り下げ
    アーカイブ, アーカイブ済み, 廃止, 廃止済み, 削除, 削除済み, 無効, ゴミ箱, ごみ箱, 保留, 保留中
    未決定, 検討中
""")
#: Published; says nothing of the audience.
OPEN_STATUS = _split_values("""
    published, live, released, active, enabled, visible, approved, reviewed, final, current, shipped
    公開, 公開済み, 公開済, 公開中, 公開可, 承認済み, 承認済, 有効, 表示
""")
#: Staff; customers named beside them may read it too.
CLOSED_AUDIENCE = _split_values("""
    private, internal, confidential, secret, restricted, staff, employees, employee, personnel, workforce
    agent, agents, team, admin, admins, administrators, operators, moderators, company, in house
    社内, 社外秘, 部外秘, 極秘, 機密, スタッフ, 従業員, 社員, 管理者, オペレーター, 担当者, 関係者, 内部
    お客様サポート, お客様相談室, お客様窓口, カスタマーサポート, サポート担当
""")
OPEN_AUDIENCE = _split_values("""
    public, everyone, anyone, all, all users, users, customer, customers, external, visitors, guests, world
    お客様, お客さま, 顧客, 一般, 一般公開, 全体公開, 全員, 社外, 社内外, どなたでも, 誰でも, 利用者, 会員
""")
#: These count only as the whole value: "review completed" and "all employees" mean something else.
WHOLE_ONLY = _split_values("""
    review, drafted, archive, to do, todo, in progress, disabled, superseded, レビュー, 校正, 削除, 無効
    team, agent, agents, admin, admins, operators, moderators, company, employee
    all, everyone, anyone, users, world, external, visitors, guests, final, current, active, visible
    一般, 表示, 内部
""")
#: Names of staff roles.
STAFF = re.compile(
    r"(?:(?!(?:by|not?|non|un|never|longer|previously|formerly|once|was|were|been|used|be|will)\b)\w+ ){0,4}"
    r"(?:staff|employees|personnel|workforce)"
    r"|(?:customer|client) (?:support|service|care|success)"
    r"|(?:(?:our|all|the|internal|customer|client|support|service|care|success|call|center|centre|shop|store|"
    r"help|desk|office|company) ){1,4}(?:agents?|teams?|admins?|operators?|managers?|reps?)"
)
#: Words before and after a value that do not change it.
BEFORE = re.compile(
    r"(?:is|are|currently|now|still|already|as|restricted to|for|to|the|a|an|our|only|just|strictly|"
    r"visible to|shown|readable|limited|open|accessible|be|by|marked) "
    r"|現在は?|今は|まだ|一般の|すべての|全ての|全(?=[社従])"
)
BEHIND = re.compile(
    r" (?:only|use|team)$|(?:です|になります|状態|扱い|向け|用|のみ|だけ|限定|限り|専用|可|も|にも?|は|の方|"
    r"とする|とします|にする|にします|している|しています|されている|されています)$"
)
EXCLUSIVE = re.compile(r"\b(?:only|strictly)\b|のみ|だけ|限定|限り|専用")
#: "not only for staff", 「社員だけでなくお客様も」: others than those named may read it too.
NOT_ONLY = re.compile(
    r"\bnot (?:only|just|merely|limited to)\b|(?:だけ|のみ)(?:では?な|じゃな)|に限らず|に限りません"
)
#: "not deprecated", "no longer public"; 「廃止ではない」「公開していません」「社員以外」.
NEGATION = re.compile(r"(?:not|non|never|no longer|isn't|no more|un)(?: yet| currently| to be| be)* ")
NEGATION_JA = re.compile(
    r"(?:(?:に|で)?は?(?:し|され|して|されて|でき)?は?い?(?:ない|ません|ありません)(?:です|こと)?|以外)$"
)
#: "previously published", 「以前は公開」: past.
PAST = re.compile(r"(?:previously|formerly|once|was|were|had been|used to be|until recently) ")
PAST_JA = re.compile(
    r"^(?:以前は?|かつては?|元々?は?|もとは|旧|過去に?は?)|(?:(?:して|されて)いた|でした|だった)$"
)
#: "to be published", 「公開予定」: future.
FUTURE = re.compile(
    r"(?:soon to be|soon|to be|will be|will|going to be|about to be|(?:scheduled|planned|due) to be|"
    r"(?:scheduled|planned|due) for(?= (?:deletion|archiv|removal|retirement|deprecation))) "
)
FUTURE_JA = re.compile(r"(?:を|する|される)?の?予定日?$")
#: Separators of clauses.
SEPARATOR = re.compile(
    r"[,、;/|・+&\n→:。()\[\]「」【】]|[.!](?=\s|$)|\s[-–—#]+\s|\b(?:and|or|but|plus|with|then)\b"
    r"|および|及び|または|又は|ならびに|並びに|(?<=\w)と(?=\w)|(?<=[一-鿿ァ-ヶー])や(?=\w)"
)
BRACKETS = re.compile(r"[(\[【「]([^()\[\]【】「」]*)[)\]】」]")
