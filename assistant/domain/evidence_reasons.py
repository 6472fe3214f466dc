"""Codes of what a customer's words show; the console has a sentence for each, in both languages."""

from enum import StrEnum, auto


class EvidenceReason(StrEnum):
    """What a piece of evidence shows, or why no automatic answer may go to whoever wrote."""

    # A request for a person.
    ASKS_FOR_PERSON = auto()
    ASKS_FOR_PERSON_AGAIN = auto()
    SEEMS_TO_ASK_FOR_PERSON = auto()
    MAY_ASK_FOR_PERSON = auto()
    ASKS_HOW_TO_REACH_PERSON = auto()
    ASKS_WHO_ANSWERS = auto()
    ASKS_WHETHER_ANYBODY_IS_THERE = auto()
    REFUSES_MACHINE = auto()
    ACCEPTS_OFFERED_PERSON = auto()
    MODEL_READS_REQUEST = auto()
    PRESSED_BUTTON = auto()
    # Frustration.
    HAD_TO_REPEAT = auto()
    SHOWS_ANGER = auto()
    GIVES_UP = auto()
    ANSWER_MISSES_QUESTION = auto()
    TIRED_OF_WAITING = auto()
    COMPLAINS_ABOUT_SERVICE = auto()
    SARCASM = auto()
    UNDER_STRAIN = auto()
    ANGRY_EMOTICON = auto()
    SHOUTS = auto()
    ANNOYED_IN_CONTEXT = auto()
    REPLIES_BROUGHT_NOTHING = auto()
    # No progress.
    ASKS_SAME_AGAIN = auto()
    REPLY_DID_NOT_HELP = auto()
    NO_ANSWER_BEFORE = auto()
    SAME_REPLY_AGAIN = auto()
    SAME_ARTICLES_AGAIN = auto()
    # Unfamiliarity.
    ASKS_HOW_TO_USE_CHAT = auto()
    UNCOMFORTABLE_WITH_MACHINES = auto()
    WRITES_LETTER = auto()
    UNSURE_WHO_ANSWERS = auto()
    PREFERS_PHONE_OR_VISIT = auto()
    WRITES_KEYWORDS = auto()
    TOOK_LONG_TO_ANSWER = auto()
    SEEMED_NEW_BEFORE = auto()
    SEEMS_NEW_TO_CHATS = auto()
    # Circumstances.
    SPEAKS_OF_SELF_HARM = auto()
    SPEAKS_OF_HARM = auto()
    SPEAKS_OF_LEGAL_ACTION = auto()
    SPEAKS_OF_FRAUD = auto()
    ASKS_ABOUT_PERSONAL_DATA = auto()
    IN_A_HURRY = auto()
    #: Detail: the topic.
    ABOUT_TOPIC = auto()
    # Feelings.
    SOUNDS_WORRIED = auto()
    SOUNDS_DISTRESSED = auto()
    HARASSES = auto()
    COMPLAINS_ABOUT_MATTER = auto()
    # No automatic answer may go there.
    MAIL_UNREADABLE = auto()
    MAIL_IN_UNKNOWN_CHARSET = auto()
    SENDER_IS_OUR_ADDRESS = auto()
    SENDER_IS_OUR_DOMAIN = auto()
    SENDER_READS_NO_ANSWERS = auto()
    SENDER_REFUSES_AUTO_REPLIES = auto()
    SENDER_MAY_BE_FORGED = auto()
    CAME_BY_MAILING_LIST = auto()
    SUBJECT_SAYS_AUTOMATIC = auto()
    ADDRESS_UNPROVEN = auto()
    ADDRESS_LEFT_IN_CHAT = auto()
