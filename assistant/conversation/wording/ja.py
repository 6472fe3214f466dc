"""What the assistant itself says in Japanese, by situation; several wordings where it may come twice."""

SENTENCES: dict[str, tuple[str, ...]] = {
    # -- opening and closing
    "assistant_name": ("AIアシスタント",),
    "disclosure": ("ヘルプの記事をもとに自動でお答えしています。担当者とはいつでもお話しいただけます。",),
    "greeting": (
        "こんにちは。AIアシスタントです。ヘルプの記事をもとにお答えします。ご質問をそのまま文章でお書きください。",
    ),
    "greeting_returning": ("こんにちは、AIアシスタントです。今日はどのようなご用件でしょうか。",),
    "closed": ("ご利用ありがとうございました。また何かありましたら、いつでもこちらからお声がけください。",),
    "closed_quiet": (
        "しばらくお返事がなかったため、こちらの会話はいったん終了しました。続きがございましたら、そのままお書きください。",
    ),
    # -- small talk
    "small_talk_greeting": (
        "こんにちは。どのようなことでお困りでしょうか。",
        "こんにちは。ご質問をどうぞ。",
    ),
    "small_talk_thanks": (
        "お役に立ててよかったです。ほかにもご質問がありましたら、お聞かせください。",
        "とんでもないことです。また何かありましたら、お声がけください。",
    ),
    "small_talk_bye": ("ご利用ありがとうございました。またいつでもどうぞ。",),
    "small_talk_ok": ("ほかにもご不明な点がありましたら、お知らせください。",),
    # -- nothing found
    "abstain": (
        "申し訳ありません。その内容はヘルプの記事の中に見つかりませんでした。よろしければ、担当者におつなぎします。",
        "お調べしましたが、お答えできる記事が見つかりませんでした。担当者からお答えすることもできます。",
        "この件については、手元の記事からは確かなことをお伝えできません。担当者におつなぎしましょうか。",
    ),
    "disputed": (
        "この点については、ヘルプの記事によって記載が異なっており、どちらが正しいか私からは判断できません。",
    ),
    "disputed_side": ("- 「$title」の記載：$text[$n]",),
    "related": ("近い内容でしたら、次のことをご案内できます。",),
    "clarify": (
        "もう少し詳しく教えていただけますか。たとえば、何をなさりたいのか、どこでお困りなのかをお書きください。",
    ),
    "clarify_choices": ("どちらについてのご質問でしょうか。",),
    # -- acknowledging, at most one sentence before whatever comes next
    "acknowledge_frustrated": (
        "ご不便をおかけしております。",
        "お急ぎのところ、お手間を取らせております。",
        "ここまでのご案内では解決に至らず、申し訳ありません。",
        "お気持ちはごもっともです。",
    ),
    "acknowledge_stuck": (
        "先ほどのご案内では、お答えになっていなかったようです。",
        "何度もご説明いただくことになり、申し訳ありません。",
    ),
    # -- offering a person
    "offer_frustrated": (
        "担当者がお話を伺うこともできます。おつなぎしましょうか。",
        "よろしければ、ここからは担当者がご対応します。",
    ),
    "offer_stuck": (
        "うまくご案内できていないようですので、担当者におつなぎしましょうか。",
        "このままでは解決が難しいかもしれません。担当者が代わってお答えすることもできます。",
    ),
    "offer_unfamiliar": ("担当者とのやりとりをご希望でしたら、いつでもおつなぎします。",),
    "offer_no_answer": ("担当者からお答えすることもできます。おつなぎしましょうか。",),
    "offer_asked_for_person": (
        "担当者におつなぎすることもできます。ご希望でしたら、下のボタンを押すか「つないで」とお書きください。",
    ),
    "offer_sensitive_topic": (
        "大切な内容ですので、担当者が直接お話を伺うこともできます。おつなぎしましょうか。",
    ),
    "offer_declined": ("承知しました。このままこちらでお手伝いします。",),
    # -- handing over
    "handoff_asked_for_person": ("かしこまりました。担当者におつなぎします。",),
    "handoff_frustrated": ("ここまでご不便をおかけし、申し訳ありません。ここからは担当者がお話を伺います。",),
    "handoff_stuck": (
        "こちらからは十分なお答えができず、申し訳ありません。ここからは担当者が代わってお答えします。",
    ),
    "handoff_unfamiliar": ("ここからは担当者がご一緒に進めます。",),
    "handoff_no_answer": ("この件は担当者からお答えします。",),
    "handoff_sensitive_topic": ("大切な内容ですので、担当者が直接お話を伺います。",),
    "handoff_rule": ("この件は担当者が承ります。",),
    "handoff_failure": (
        "申し訳ありません。ただいま自動でのお答えができない状態です。担当者におつなぎします。",
    ),
    "handoff_deadline": ("お返事が遅くなり、申し訳ありません。担当者におつなぎします。",),
    "handoff_agent_took_over": ("ここからは担当者がご対応します。",),
    "handoff_carried_over": (
        "これまでのやりとりは担当者に引き継ぎますので、はじめからご説明いただく必要はありません。",
    ),
    # -- what the customer is told about waiting
    "waiting_minute": ("まもなく、1分ほどでご返信できる見込みです。このままお待ちください。",),
    "waiting_next": ("ただいま、お客様の前に1名の方がお待ちです。次にご案内します。",),
    "waiting_minutes": ("およそ${minutes}分でご返信できる見込みです。このままお待ちください。",),
    "waiting_queue": ("ただいま、お客様の前に${ahead}名の方がお待ちです。順番にご案内します。",),
    "waiting_unknown": ("順番にご案内しておりますので、このままお待ちください。",),
    "outside_hours": ("ただいまは受付時間外です。担当者からのお返事は${opening}以降になります。",),
    "outside_hours_unknown": ("ただいまは受付時間外です。受付を再開しましたら、順番にお返事します。",),
    "ask_contact": (
        "この画面を閉じられてもご連絡できるように、メールアドレスか電話番号をお書きいただけますか。不要でしたら、そのままで結構です。",
    ),
    "contact_noted": ("ありがとうございます。ご連絡先を担当者にお伝えします。",),
    "added_while_waiting": ("承りました。こちらの内容も担当者に伝えます。",),
    "handoff_cancelled": ("担当者へのおつなぎを取りやめました。引き続き、こちらでお手伝いします。",),
    "watchdog": (
        "お返事が遅くなっております。申し訳ありません。担当者に引き継ぎましたので、もう少しお待ちください。",
    ),
    "still_waiting": ("お待たせして申し訳ありません。引き続き、順番にご案内しております。",),
    # -- people coming and going
    "agent_joined": ("担当の${name}です。ここからは私がご対応します。",),
    "agent_joined_unnamed": ("担当者が加わりました。ここからは担当者がご対応します。",),
    "returned": (
        "ここからは、またAIアシスタントがお手伝いします。担当者が必要なときは、いつでもお知らせください。",
    ),
    # -- helping somebody who is not used to bots
    "guide_intro": (
        "だいじょうぶです。ふだんの言葉で、短く書くだけで使えます。",
        "難しい操作はありません。知りたいことを一つ書いてください。",
    ),
    "guide_example": ("たとえば「${example}」のように書いてください。",),
    "guide_choices": ("下から選んで押すこともできます。",),
    "guide_answered": ("わからないところがあれば、そのまま書いてください。",),
    # -- trouble
    "empty": ("メッセージが空のようです。ご質問を文章でお書きください。",),
    "unreadable": (
        "申し訳ありません。お送りいただいた内容を読み取れませんでした。ご質問を文章でお書きいただけますか。",
    ),
    "failure": (
        "申し訳ありません。ただいまお答えできない状態です。少し時間をおいてお試しいただくか、担当者をお呼びください。",
    ),
    # -- the survey
    "csat_question": ("今回の対応はいかがでしたか。",),
    "csat_1": ("とても不満",),
    "csat_2": ("不満",),
    "csat_3": ("どちらともいえない",),
    "csat_4": ("満足",),
    "csat_5": ("とても満足",),
    "csat_comment": ("よろしければご意見をお聞かせください",),
    "csat_thanks": ("ご回答ありがとうございました。",),
    # -- buttons: what is shown, and sent in the customer's name
    "button_person": ("担当者と話す",),
    "button_stay": ("このまま続ける",),
    "button_cancel_handoff": ("担当者を待つのをやめる",),
    "button_solved": ("解決しました",),
    "button_not_solved": ("解決していません",),
    # -- messaging apps
    "sent_image": ("（画像）",),
    "sent_video": ("（動画）",),
    "sent_audio": ("（音声）",),
    "sent_file": ("（ファイル）",),
    "sent_sticker": ("（スタンプ）",),
    "sent_location": ("（位置情報）",),
    "unsent": ("（送信が取り消されました）",),
    "cannot_read_file": (
        "お送りいただきありがとうございます。画像やファイルの中身は、私には読み取れません。内容を文章でお書きいただくか、担当者にお見せになりたいときは「担当者と話す」をお選びください。",
    ),
    "linked": ("ご本人であることを確認しました。ほかの窓口でのお問い合わせも、こちらで引き継ぎます。",),
    "choose_number": ("番号でお返事いただけます。",),
    "person_number": ("0：担当者と話す",),
    "read_more": ("続きはこちら：",),
    # -- moments, used inside other sentences
    "moment_today": ("本日${time}",),
    "moment_tomorrow": ("明日${time}",),
    "moment_date": ("${month}月${day}日（${weekday}）${time}",),
    "weekdays": ("月 火 水 木 金 土 日",),
}
