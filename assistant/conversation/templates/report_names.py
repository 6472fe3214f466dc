"""What figures, outcomes and columns of a report are called, in Japanese and English."""

from collections.abc import Mapping

Names = Mapping[str, Mapping[str, str]]

FIGURE_NAMES: Names = {
    "ended": {"ja": "終了した会話", "en": "Conversations that ended"},
    "counted": {"ja": "数えた会話", "en": "Conversations counted"},
    "resolved_by_assistant": {"ja": "AIが解決", "en": "Resolved by the assistant"},
    "resolved_by_person": {"ja": "担当者が解決", "en": "Resolved by a person"},
    "confirmed": {"ja": "お客様が解決を確認", "en": "Confirmed by the customer"},
    "abandoned": {"ja": "途中で離脱", "en": "Abandoned"},
    "contained": {"ja": "担当者なしで終了", "en": "Ended without a person"},
    "handed_over": {"ja": "担当者に引き継ぎ", "en": "Handed over to a person"},
    "durable_72h": {"ja": "72時間、再問い合わせなし", "en": "Did not come back in 72 hours"},
    "durable_7d": {"ja": "7日間、再問い合わせなし", "en": "Did not come back in 7 days"},
    "frustrated_at_start": {"ja": "最初から不満", "en": "Frustrated at the start"},
    "frustrated_at_end": {"ja": "不満のまま終了", "en": "Frustrated at the end"},
    "wait_seconds": {"ja": "担当者を待った秒数（中央値）", "en": "Seconds waited for a person (median)"},
    "response": {"ja": "アンケートの回答率", "en": "Response rate of surveys"},
    "csat": {"ja": "満足度（4・5の割合）", "en": "Satisfied (4 or 5)"},
    "csat_corrected": {"ja": "満足度（補正後）", "en": "Satisfied, corrected"},
    "nps": {"ja": "NPS", "en": "NPS"},
    "ces": {"ja": "手間の少なさ（平均）", "en": "Ease (mean)"},
    "ces_easy": {"ja": "手間が少ないと答えた割合", "en": "Found it easy"},
}

OUTCOME_NAMES: Names = {
    "confirmed": {"ja": "解決を確認", "en": "Confirmed"},
    "answered": {"ja": "回答済み", "en": "Answered"},
    "abandoned": {"ja": "離脱", "en": "Abandoned"},
    "resolved_by_person": {"ja": "担当者が解決", "en": "Resolved by a person"},
    "ended_by_person": {"ja": "担当者が終了", "en": "Ended by a person"},
    "transferred_out": {"ja": "他部署へ", "en": "Went elsewhere"},
    "spam": {"ja": "迷惑投稿", "en": "Spam"},
    "no_request": {"ja": "用件なし", "en": "No request"},
}

REASON_NAMES: Names = {
    "asked_for_person": {"ja": "担当者を希望", "en": "Wants a person"},
    "frustrated": {"ja": "強いご不満", "en": "Frustrated"},
    "stuck": {"ja": "解決が進まない", "en": "No progress"},
    "unfamiliar": {"ja": "チャットに不慣れ", "en": "New to chatbots"},
    "no_answer": {"ja": "回答なし", "en": "No answer found"},
    "sensitive_topic": {"ja": "慎重な対応が必要", "en": "Sensitive topic"},
    "complaint": {"ja": "お申し出・苦情", "en": "Complaint"},
    "rule": {"ja": "ルールによる引き継ぎ", "en": "By rule"},
    "failure": {"ja": "システム障害", "en": "System failure"},
    "deadline": {"ja": "応答期限切れ", "en": "Reply overdue"},
    "agent_took_over": {"ja": "担当者が引き取り", "en": "Agent took over"},
}

CHANNEL_NAMES: Names = {
    "web": {"ja": "Web", "en": "Web"},
    "line": {"ja": "LINE", "en": "LINE"},
    "email": {"ja": "メール", "en": "E-mail"},
    "sms": {"ja": "SMS", "en": "SMS"},
    "whatsapp": {"ja": "WhatsApp", "en": "WhatsApp"},
    "slack": {"ja": "Slack", "en": "Slack"},
    "telegram": {"ja": "Telegram", "en": "Telegram"},
    "messenger": {"ja": "Messenger", "en": "Messenger"},
    "instagram": {"ja": "Instagram", "en": "Instagram"},
}

LANGUAGE_NAMES: Names = {
    "ja": {"ja": "日本語", "en": "Japanese"},
    "en": {"ja": "英語", "en": "English"},
    "ko": {"ja": "韓国語", "en": "Korean"},
    "zh": {"ja": "中国語", "en": "Chinese"},
}

#: Titles and columns of tables.
TABLE_WORDS: Names = {
    "report": {"ja": "レポート", "en": "Report"},
    "monthly": {"ja": "月次報告", "en": "Monthly report"},
    "figures": {"ja": "指標", "en": "Figures"},
    "days": {"ja": "日ごとの結末", "en": "Outcomes by day"},
    "channel": {"ja": "チャネル", "en": "Channel"},
    "language": {"ja": "言語", "en": "Language"},
    "theme": {"ja": "テーマ", "en": "Theme"},
    "reason": {"ja": "引き継ぎの理由", "en": "Reason of handoff"},
    "agent": {"ja": "担当者（30件以上）", "en": "Agent (30 or more)"},
    "outcomes": {"ja": "結末", "en": "Outcomes"},
    "outcome": {"ja": "結末", "en": "Outcome"},
    "day": {"ja": "日", "en": "Day"},
    "name": {"ja": "項目", "en": "Figure"},
    "value": {"ja": "値", "en": "Value"},
    "count": {"ja": "件数", "en": "Count"},
    "total": {"ja": "母数", "en": "Of"},
    "interval": {"ja": "95%区間", "en": "95% interval"},
    "low": {"ja": "95%区間 下限", "en": "95% from"},
    "high": {"ja": "95%区間 上限", "en": "95% to"},
    "before": {"ja": "前の期間", "en": "Range before"},
    "difference": {"ja": "差", "en": "Difference"},
    "young": {"ja": "判定待ち", "en": "Too young to tell"},
    "meaning": {"ja": "意味", "en": "Meaning"},
    "conversations": {"ja": "会話", "en": "Conversations"},
    "range": {"ja": "期間", "en": "Range"},
    "zone": {"ja": "時間帯", "en": "Time zone"},
    "filter": {"ja": "絞り込み", "en": "Filter"},
    "all": {"ja": "すべて", "en": "All"},
    "none": {"ja": "この期間にはありません。", "en": "Nothing in this range."},
    "too_few": {
        "ja": "この担当者の会話は30件未満のため、数字は示しません。",
        "en": "This agent has fewer than 30 conversations, so no figures are shown.",
    },
    "excel": {"ja": "Excelで保存", "en": "Save as Excel"},
}
