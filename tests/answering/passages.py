"""Passages for the tests of this folder."""

from assistant.domain.knowledge import Passage


def passage(
    text: str,
    *,
    language: str = "ja",
    title: str = "返品",
    score: float = 0.8,
    article: str = "ja/returns.md",
) -> Passage:
    return Passage(
        chunk=1,
        article=article,
        title=title,
        url=f"/help/{article}",
        language=language,
        headings=(),
        text=text,
        score=score,
    )


DEADLINE = """\
返品の申し込み期限は、未開封ならお届け日の翌日から30日以内、開封済みなら14日以内です。
ただし、下着と水着は返品できません。

| 状態 | 期限 | 返金額 |
| --- | --- | --- |
| 未開封 | 30日以内 | 全額 |
| 開封済み | 14日以内 | 全額 |
| 開封済みの家電 | 返品できません | － |

## 手順

返品は次の手順で申し込みます。

1. マイページの「注文履歴」を開きます。
2. 「返品・交換を申し込む」を押します。
3. 理由を選びます。

詳しくは[返送料](cost.md)をご覧ください。
"""
