"""What each figure of a report means, printed beside it; a changed meaning takes a new version."""

from collections.abc import Mapping

DEFINITIONS_VERSION = 1

#: Beside the counts of `count_exposure`, which are no figures of the report.
EXPOSURE_DEFINITION: Mapping[str, str] = {
    "ja": "期間内に終了し、その担当者が一度でも受け持った会話の数と、そのうち"
    "ハラスメント（0.5以上）が読み取れた会話の数、その中の該当する発言の数。勤務の負担を見るためのもので、順位や評価ではありません。"
    "30件未満は少なすぎて比べられません。",
    "en": "Conversations that ended in the range and that the agent had at any time; those of them in which "
    "harassment was read (0.5 or more), and the messages it was read in. It tells of strain at work and is "
    "no ranking or appraisal; below 30 conversations there are too few to compare.",
}

#: Beside what `load_workloads` counts.
WORKLOAD_DEFINITION: Mapping[str, str] = {
    "ja": "期間内にその担当者に渡った会話の数、そのうち別の会話を持っている最中に渡ったもの（割り込み）、"
    "同時に持った最大の数、席にいた時間、アシスタントの返信について本人が残したメモ（最新5件）。"
    "負担を分け合うためのもので、順位や評価ではありません。ハラスメントに触れた件数は exposure にあります。"
    "30件未満は少なすぎて比べられません。",
    "en": "Conversations that came to the agent in the range; those that came while another was open "
    "(interruptions); the most at once; time at the desk; what they noted of the assistant's replies (the "
    "latest 5). It is for sharing the load and is no ranking or appraisal; harassment that they met: "
    "`exposure`. Below 30 conversations there are too few to compare.",
}

#: Beside the live figures.
LIVE_DEFINITIONS: Mapping[str, Mapping[str, str]] = {
    "waiting": {"ja": "担当者を待っているお客様の数。", "en": "Customers who wait for a person."},
    "longest": {
        "ja": "いちばん長く待っているお客様の待ち時間（実時間）。",
        "en": "How long who waits longest has waited, wall clock.",
    },
    "with_agent": {"ja": "担当者が受け持っている会話の数。", "en": "Conversations that agents have."},
    "sla": {
        "ja": "応答期限まで15分未満の会話の数と、期限を過ぎた会話の数。",
        "en": "Conversations whose deadline is less than 15 minutes away, and those whose deadline is over.",
    },
    "frustrated": {
        "ja": "この30分に動きのあった会話（新しい300件まで）のうち、最近の発言で不満（0.5以上）が"
        "読み取れた数。",
        "en": "Of conversations with something new within 30 minutes, those whose last turns show "
        "frustration (0.5 or more); of the latest 300.",
    },
    "agents": {
        "ja": "いま席にいる担当者と離席中の担当者の数、受け持ち件数と上限。",
        "en": "Agents at the desk and away, the conversations they have and may have at once.",
    },
    "health": {
        "ja": "不調のある部品。空なら正常です。",
        "en": "Components with a problem; none: all is well.",
    },
}

DEFINITIONS: Mapping[str, Mapping[str, str]] = {
    "ended": {"ja": "期間内に終了した会話の数。", "en": "Conversations that ended in the range."},
    "counted": {
        "ja": "終了した会話から、迷惑投稿と、何も尋ねられなかった会話を除いた数。以下の割合の分母。",
        "en": "Ended conversations without spam and those in which nothing was asked; rates are of these.",
    },
    "contained": {
        "ja": "担当者につながずに終わった割合。解決したという意味ではありません。",
        "en": "Ended without a person. It does not mean resolved.",
    },
    "handed_over": {
        "ja": "担当者に引き継いだ割合。担当者が出る前に終わったものも含みます。",
        "en": "Handed over to a person, also where it ended before one came.",
    },
    "confirmed": {
        "ja": "回答のあと、お客様が「解決した」と答えたか、お礼を述べた割合。",
        "en": "Answered, and the customer said so: yes to “did that help?”, or thanks.",
    },
    "abandoned": {
        "ja": "答えがない、担当者を提案した、不満がある、返事がない、待ちきれない、のいずれかで離れた割合。",
        "en": "Left after an abstention, an offer, frustration, an open question or a wait.",
    },
    "resolved_by_assistant": {
        "ja": "回答があり、担当者につながず、離脱でもない割合。",
        "en": "Answered, without a person, and not abandoned.",
    },
    "resolved_by_person": {
        "ja": "担当者が解決とした、または担当者の返信後にお客様が解決したと答えた割合。",
        "en": "An agent called it solved, or the customer did after an agent's reply.",
    },
    "durable_72h": {
        "ja": "回答した会話のうち、同じ人が72時間以内に同じ話題で（どの窓口でも）再び問い合わせなかった割合。"
        "72時間たっていない会話は含めません。",
        "en": "Of answered conversations: the same person did not ask about the same theme again within 72 "
        "hours, on any channel. Conversations younger than that are left out.",
    },
    "durable_7d": {
        "ja": "同じく、7日以内に再び問い合わせなかった割合。",
        "en": "The same within 7 days.",
    },
    "frustrated_at_start": {
        "ja": "最初の発言で不満（0.5以上）が読み取れた割合。",
        "en": "Frustration of the first turn was 0.5 or more.",
    },
    "frustrated_at_end": {
        "ja": "最後の発言で不満（0.5以上）が読み取れた割合。",
        "en": "Frustration of the last turn was 0.5 or more.",
    },
    "wait_seconds": {
        "ja": "担当者を待ち始めてから、担当者が引き取るまでの秒数（実時間）。",
        "en": "Seconds from the handoff to the claim, wall clock.",
    },
    "csat": {
        "ja": "満足度：5段階で4か5と答えた割合。区間はWilsonの95%信頼区間。",
        "en": "CSAT: share of 4 and 5 of 5. Intervals are 95 % Wilson intervals.",
    },
    "response": {
        "ja": "お尋ねしたアンケートのうち、回答のあった割合。",
        "en": "Of surveys asked, those answered.",
    },
    "csat_corrected": {
        "ja": "回答しなかった方を補正した満足度。最後に不満があったか、担当者がいたかで分けた4つの区分の"
        "満足度を、全会話の件数で重み付けしています。",
        "en": "CSAT corrected for who answers: the shares of four groups (frustrated at the end or not, "
        "with a person or without), weighted by all conversations.",
    },
    "nps": {
        "ja": "推奨度：9〜10の割合から0〜6の割合を引いた値（−100〜100）。",
        "en": "NPS: per cent of 9–10 less per cent of 0–6, −100 to 100.",
    },
    "ces": {
        "ja": "手間の少なさ（CES 2.0）：1〜7の平均。",
        "en": "CES 2.0: mean of 1–7.",
    },
    "ces_easy": {
        "ja": "手間の少なさ：5〜7と答えた割合。",
        "en": "CES 2.0: share of 5–7.",
    },
    "by_agent": {
        "ja": "30件以上の会話を終えた担当者だけを示します。",
        "en": "Only agents with 30 conversations or more.",
    },
}
