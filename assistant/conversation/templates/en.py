"""What the assistant itself says in English, by situation; several wordings where it may come twice."""

SENTENCES: dict[str, tuple[str, ...]] = {
    # -- opening and closing
    "assistant_name": ("AI assistant",),
    "disclosure": (
        "Answers are written automatically from our help articles. If you'd like a person, just say so.",
    ),
    "greeting": (
        "Hello! I'm an AI assistant, and I answer from our help articles. "
        "Just type your question in your own words.",
    ),
    "sms_help": (
        "This is an automatic assistant. Text your question in your own words. "
        "Text PERSON for a person, STOP to get no more messages.",
    ),
    "greeting_returning": ("Hello again, this is the AI assistant. What can I help you with today?",),
    "closed_idle": (
        "It has been quiet for a while, so this chat ends here for now. Just write again whenever you like.",
    ),
    "closed": ("Thank you for getting in touch. If anything else comes up, just write to us here.",),
    "closed_quiet": (
        "I haven't heard from you for a while, so I've closed this chat. "
        "If there's more, just carry on writing.",
    ),
    # -- small talk
    "small_talk_greeting": ("Hello! What can I help you with?", "Hi there. What would you like to know?"),
    "small_talk_thanks": (
        "Glad that helped. If you have another question, go ahead.",
        "You're welcome. I'm here if anything else comes up.",
    ),
    "small_talk_bye": ("Thanks for stopping by. Take care!",),
    "small_talk_ok": ("If anything is still unclear, just ask.",),
    "small_talk_identity": (
        "Yes, I'm an automated AI assistant, and I answer from our help articles. "
        "If you'd rather talk to a person, I can connect you with our team.",
    ),
    "small_talk_presence": (
        "Yes, I'm here: an automated AI assistant. If you'd like a person, "
        'press the button below, or just write "connect me".',
    ),
    "small_talk_declined": ("All right, no person then. What would you like to know?",),
    # -- nothing found
    "abstain": (
        "I'm sorry, I couldn't find that in our help articles. "
        "I can connect you with a person on our team if you like.",
        "I looked, but none of our articles answers this. Someone on our team can.",
        "I can't tell you anything reliable about this from our articles. Shall I connect you with a person?",
    ),
    "disputed": ("Our help articles disagree on this, and I cannot tell which of them is right.",),
    "disputed_side": ("- “$title” says: $text [$n]",),
    "other_articles": ("If you were looking for one of these, just pick it.",),
    "related": ("These are the closest things I can tell you about.",),
    "clarify": (
        "Could you tell me a little more? For example, what you are trying to do, or where you got stuck.",
    ),
    "clarify_choices": ("Which of these is your question about?",),
    # -- acknowledging, at most one sentence before whatever comes next
    "acknowledge_frustrated": (
        "I understand this has been frustrating.",
        "I'm sorry this is taking so much of your time.",
        "I'm sorry, what I've given you so far hasn't solved it.",
        "That's a fair complaint.",
    ),
    "acknowledge_stuck": (
        "It looks like my last answer missed the point.",
        "I'm sorry you have to explain this again.",
    ),
    "acknowledge_complaint": (
        "I'm very sorry about this.",
        "I'm sorry, that is not how it should have gone.",
    ),
    "acknowledge_worry": ("I understand that this is worrying. Let me start with what I know.",),
    # -- offering a person
    "offer_frustrated": (
        "A person on our team can take it from here. Shall I connect you?",
        "If you'd rather talk this through with a person, I can connect you.",
    ),
    "offer_stuck": (
        "I don't seem to be getting you there. Shall I connect you with a person?",
        "This may be beyond what I can solve. Someone on our team can take over if you like.",
    ),
    "offer_complaint": (
        "A person on our team can look into what happened and tell you what we will do. Shall I connect you?",
        "Someone on our team can go through it with you and sort out what happens next, if you like.",
    ),
    "offer_unfamiliar": ("If you'd rather write with a person, just say so.",),
    "offer_no_answer": ("Someone on our team can answer this. Shall I connect you?",),
    "offer_asked_for_person": (
        'I can connect you with a person. Press the button below, or just write "connect me".',
    ),
    "offer_sensitive_topic": (
        "Since this is important, you may want to speak with a person directly. Shall I connect you?",
    ),
    "offer_declined": ("All right, I'll keep helping you here.",),
    # -- handing over
    "handoff_asked_for_person": ("Of course. I'm connecting you with a person on our team.",),
    "handoff_frustrated": (
        "I'm sorry for the trouble so far. A person on our team is taking over from here.",
    ),
    "handoff_complaint": (
        "I'm very sorry about this. A person on our team will look into it and tell you what happens next.",
    ),
    "handoff_distress": (
        "Thank you for telling me. I have passed this on to a person on our team right away. "
        "You don't have to be alone with this; these people will listen now: $helplines",
    ),
    "handoff_stuck": ("I'm sorry I couldn't answer this properly. A person on our team is taking over.",),
    "handoff_unfamiliar": ("A person on our team will go through this with you.",),
    "handoff_no_answer": ("A person on our team will answer this.",),
    "handoff_sensitive_topic": ("This is important, so a person on our team will speak with you directly.",),
    "handoff_rule": ("A person on our team will take care of this.",),
    "handoff_failure": (
        "I'm sorry, I can't answer automatically at the moment. "
        "I'm connecting you with a person on our team.",
    ),
    "handoff_deadline": ("I'm sorry for the delay. I'm connecting you with a person on our team.",),
    "handoff_agent_took_over": ("A person on our team is taking over from here.",),
    "handoff_carried_over": (
        "They can see everything we've written, so you won't need to explain it again.",
    ),
    # -- what the customer is told about waiting
    "waiting_next": ("You're next in line.",),
    "waiting_one_ahead": ("There is one person ahead of you. You're next after them.",),
    "waiting_queue": ("There are ${ahead} people ahead of you. We'll get to you in turn.",),
    "waiting_minute": ("At the present pace it should take about a minute.",),
    "waiting_minutes": ("At the present pace it should take about ${minutes} minutes.",),
    "nobody_at_desk": ("Nobody is at the desk just now. We'll get to you in turn once somebody is back.",),
    "waiting_distress": (
        "A person on our team knows about this. While you wait, these people will listen too: $helplines",
    ),
    "outside_hours": ("Our team is away just now. You'll get an answer from ${opening}.",),
    "outside_hours_unknown": ("Our team is away just now. You'll get an answer once we're back.",),
    "ask_contact": (
        "In case you close this page, where can we reach you? An e-mail address or a phone number is enough, "
        "and it's fine not to leave one.",
    ),
    "contact_noted": ("Thank you. I'll pass your contact details on to the team.",),
    "added_while_waiting": ("Got it. I'll pass this on as well.",),
    "queue_full": (
        "I'm sorry, so many people are waiting for our team just now that we can't take anyone else. "
        "Please ask again a little later; until then I'll help you here as best I can.",
    ),
    "place_moved": ("Your place in the queue has moved to your newer conversation. Please wait there.",),
    "handoff_cancelled": ("I've taken you out of the queue. I'll carry on helping you here.",),
    "watchdog": ("I'm sorry this is taking longer than it should. I've passed it to a person on our team.",),
    "callback_planned": (
        "Thank you. Somebody will call the number ending in ${ending} within the hour from ${time}. "
        "You can also keep waiting here.",
    ),
    "still_waiting": ("Thank you for waiting. Here is where things stand.",),
    # -- people coming and going
    "customer_by_name": ("${name}",),
    "customer_unnamed": ("there",),
    "agent_joined": ("${name} from our team is here and will take it from this point.",),
    "agent_joined_unnamed": ("A person from our team has joined and will take it from this point.",),
    "returned": ("You're back with the AI assistant. If you need a person again, just say so.",),
    # -- helping somebody who is not used to bots
    "guide_intro": (
        "No problem. You can write to me in everyday words, and short is fine.",
        "It's simple: just write one thing you'd like to know.",
    ),
    "guide_example": ('For example, you can write: "${example}"',),
    "guide_choices": ("You can also tap one of these.",),
    "guide_answered": ("If any part is unclear, just write that.",),
    # -- trouble
    "empty": ("Your message looks empty. Please type your question.",),
    "unreadable": ("I'm sorry, I couldn't read what you sent. Could you type your question?",),
    "failure": (
        "I'm sorry, I can't answer right now. Please try again in a little while, or ask for a person.",
    ),
    # -- the survey
    "csat_question": ("How was the help you got today?",),
    "nps_question": (
        "How likely are you to recommend us to a friend? "
        "Please answer with a number from 0 (not at all) to 10 (very likely).",
    ),
    "ces_question": (
        "“It was easy to get this handled.” "
        "Please answer with a number from 1 (strongly disagree) to 7 (strongly agree).",
    ),
    "csat_1": ("Very dissatisfied",),
    "csat_2": ("Dissatisfied",),
    "csat_3": ("Neutral",),
    "csat_4": ("Satisfied",),
    "csat_5": ("Very satisfied",),
    "csat_comment": ("Anything you would like to add?",),
    "csat_thanks": ("Thank you for your feedback.",),
    # -- buttons: what is shown, and sent in the customer's name
    "button_person": ("Talk to a person",),
    "button_stay": ("Carry on here",),
    "button_cancel_handoff": ("Stop waiting for a person",),
    "button_solved": ("That solved it",),
    "button_not_solved": ("Not solved",),
    # -- messaging apps
    "sent_image": ("(a picture)",),
    "sent_video": ("(a video)",),
    "sent_audio": ("(a voice message)",),
    "sent_file": ("(a file)",),
    "sent_sticker": ("(a sticker)",),
    "sent_location": ("(a location)",),
    "sent_reply": ("(a reply without words)",),
    "sent_mail": ("(a mail that cannot be read)",),
    "mail_subject": ("Our answer to your message",),
    "sent_reaction": ("(a reaction)",),
    "sent_contact": ("(a contact)",),
    "sent_order": ("(an order)",),
    "sent_product": ("(a product)",),
    "sent_form": ("(answers to a form)",),
    "sent_poll": ("(a poll)",),
    "sent_dice": ("(an animated emoji)",),
    "sent_link": ("(a link)",),
    "sent_post": ("(a shared post)",),
    "sent_story": ("(a story)",),
    "sent_button": ("(a button)",),
    "sent_unknown": ("(a message of a kind that cannot be shown)",),
    "unsent": ("(message taken back)",),
    "cannot_read_file": (
        "Thank you for sending this. I cannot read pictures or files myself. "
        "Please describe it in words, or choose \u201cTalk to a person\u201d if a person should look at it.",
    ),
    "words_only": (
        "Thank you for sending this. I can only read words, so please write what you need in a message, "
        "or choose \u201cTalk to a person\u201d if a person should look at it.",
    ),
    "linked": ("Thank you, that confirms it is you. What you wrote to us elsewhere is at hand here too.",),
    "choose_number": ("You can answer with the number.",),
    "person_number": ("0: talk to a person",),
    "read_more": ("More here:",),
    # -- doing things for a customer
    "action_ask_proof": (
        "To check that it is yours, please send the postcode of the delivery address (seven digits), "
        "or the last four digits of your phone number.",
    ),
    "action_proof_again": (
        "I could not read a postcode or four digits in that. Please send one of them in figures.",
    ),
    "action_proof_wrong": (
        "I could not match that order number with that postcode or phone number. "
        "Please check both and send them again.",
    ),
    "action_proof_over": (
        "I could not check that it is yours, so I cannot look it up here. "
        "A person on our team can help. Shall I connect you?",
    ),
    "action_ask_code": (
        "I have sent a six-digit code to the e-mail address of the order. Please send me that code. "
        "It is good for 10 minutes.",
    ),
    "action_code_again": ("I could not read a code in that. It is six digits.",),
    "action_code_wrong": ("That is not the code I sent. Please look at the e-mail and send it again.",),
    "action_code_unsent": (
        "I could not send you a code, so I cannot do this here. "
        "A person on our team can help. Shall I connect you?",
    ),
    "action_choose_order": ("Which order is it about? Choose one, or send its number.",),
    "action_stopped": ("All right, nothing has been done. If there is anything else, just write.",),
    "action_running": ("Thank you. I'm doing it now, one moment please.",),
    "action_confirm_again": ('Nothing has been done yet. Please tell me "yes" or "no".',),
    "action_irreversible": ("This cannot be taken back once it is done.",),
    "action_done": ("That is done.",),
    "action_still_open": ("What we began before is still open.",),
    "action_down": (
        "I'm sorry, I can't reach the shop's system just now, and nothing has been changed. "
        "Please try again a little later, or I can connect you with a person.",
    ),
    "action_refused": ("I'm sorry, that could not be accepted here. Nothing has been changed.",),
    "action_failed": (
        "I'm sorry, I couldn't reach the shop's system, so it was not done. Nothing has been changed. "
        "Shall I connect you with a person?",
    ),
    "action_unknown": (
        "The shop's system did not answer, so I don't know whether it was done. "
        "A person on our team will find out and tell you. Please wait, and don't do it a second time.",
    ),
    "action_give_up": (
        "I'm sorry, I can't make that out. Nothing has been done so far. "
        "A person on our team can help. Shall I connect you?",
    ),
    "action_limit": (
        "That is as much as I may do here in one day. A person on our team can help. Shall I connect you?",
    ),
    "action_void": ("A person has taken over, so what we began before was not done.",),
    "action_expired": ("Some time has passed, so that was not done. Please ask me again.",),
    "button_yes": ("Yes, go ahead",),
    "button_no": ("No, leave it",),
    "button_stop": ("Stop this request",),
    # -- moments, used inside other sentences
    "moment_today": ("${time} today",),
    "moment_tomorrow": ("${time} tomorrow",),
    "moment_date": ("${time} on ${weekday}, ${month}/${day}",),
    "weekdays": ("Monday Tuesday Wednesday Thursday Friday Saturday Sunday",),
}
